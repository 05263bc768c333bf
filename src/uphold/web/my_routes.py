# SPDX-License-Identifier: Apache-2.0
"""Every route below `/my`, each behind its door."""

from starlette.routing import Route

from uphold.app import App
from uphold.rights import package
from uphold.web import my, my_acts, my_erase, my_package, my_prefill
from uphold.web.my import ASKED, ENTRANCE, Way
from uphold.web.my_door import HOME, door, open_door


def routes(app: App) -> list[Route]:
    """List the routes: the way in is open, the rest asks for a proved address."""
    way = Way(app)
    anybody = [
        ("POST", HOME, way.ask),
        ("GET", ASKED, way.asked),
        ("GET", ENTRANCE, way.look),
        ("POST", ENTRANCE, way.enter),
    ]
    one = "/my/{id}"
    proved = [
        ("POST", "/my/leave", way.leave),
        ("GET", my_erase.ALL, my_erase.all_shown),
        ("POST", my_erase.ALL, my_erase.all_erased),
        ("POST", my_package.DOWNLOAD, my_package.taken),
        ("POST", "/my/complain", my_acts.complained),
        ("GET", my_prefill.FORM, my_prefill.shown),
        ("POST", my_prefill.OFF, my_prefill.off),
        ("POST", "/my/request/{number}/retract", my_acts.retracted),
        ("GET", one, my_acts.record),
        ("POST", f"{one}/open", my_acts.opened),
        ("POST", f"{one}/withdraw", my_acts.withdrawn),
        ("POST", f"{one}/correct", my_acts.corrected),
        ("POST", f"{one}/restrict", my_acts.restricted),
        ("POST", f"{one}/release", my_acts.released),
        ("POST", f"{one}/object", my_acts.objected),
        ("GET", f"{one}/erase", my_erase.shown),
        ("POST", f"{one}/erase", my_erase.erased),
    ]
    return [
        Route(package.SCHEMA_PATH, my_package.schema, methods=["GET"]),
        Route(HOME, door(app, my.seen, way.question), methods=["GET"]),
        *(
            Route(path, open_door(app, handler), methods=[method])
            for method, path, handler in anybody
        ),
        *(Route(path, door(app, handler), methods=[method]) for method, path, handler in proved),
    ]
