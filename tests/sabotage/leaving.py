# SPDX-License-Identifier: Apache-2.0
"""What tries to leave, broken: nets that hang no more, refusals that nobody hears of, pages that reach out."""

import contextlib
from collections.abc import Callable
from typing import Any

from tests.sabotage.sabotage import Ground, several
from uphold import egress
from uphold.assurance import refused
from uphold.web import reply, security


def take_the_net_away(ground: Ground) -> None:
    """The program runs unguarded, as after a start by another command."""
    ground.patch.setattr(egress, "guarded", lambda _declared: contextlib.nullcontext())


def tell_the_log_alone(ground: Ground) -> None:
    """What is refused is said on standard error and not in the journal."""

    def log(_tx: Any, told: Any) -> int:
        refused.warn(told)
        return 0

    ground.patch.setattr(refused, "note", log)


def offer_the_camera(ground: Ground) -> None:
    """Pages may ask for the camera, as for a form that takes a photograph."""
    asked = security.PERMISSIONS.replace("camera=()", "camera=(self)")
    ground.patch.setattr(security, "PERMISSIONS", asked)


def forget_errors(ground: Ground) -> None:
    """Only what went well carries the headers, as a proxy adds them that knows of no others."""

    def answer(before: Callable[..., Any], app: Any, request: Any, status: int, *more: Any) -> Any:
        response = before(app, request, status, *more)
        response.headers["permissions-policy"] = ""
        return response

    ground.wrap(reply, "problem", answer)


def link_from_the_console(ground: Ground) -> None:
    """The console leads to a service on the web, which learns who its users are."""
    link = '<a href="https://help.example/">?</a>'
    ground.template("console/base.html", "{% block foot %}", f"{{% block foot %}}{link}")


def count_the_staff(ground: Ground) -> None:
    """The console reports its use to a counter elsewhere."""
    counter = '<img src="https://counter.example/c.gif" alt="">'
    ground.template("console/base.html", "{% block foot %}", f"{{% block foot %}}{counter}")


SABOTAGES = (
    *several(
        "egress.declared-hosts",
        ("net", "The net under the one way out is gone", take_the_net_away),
        ("log", "What is refused is logged and not journaled", tell_the_log_alone),
    ),
    *several(
        "transport.protected",
        ("camera", "Pages may ask for the camera", offer_the_camera),
        ("errors", "Error pages lack a header", forget_errors),
    ),
    *several(
        "links.marked",
        ("console", "A link of the console leads elsewhere unmarked", link_from_the_console),
    ),
    *several(
        "links.no-third-party",
        ("console", "The console reports its use to a counter elsewhere", count_the_staff),
    ),
)
