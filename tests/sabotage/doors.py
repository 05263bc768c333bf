# SPDX-License-Identifier: Apache-2.0
"""Doors and what comes through them, broken: strangers in the console, files, floods, lost forms."""

import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.sabotage.sabotage import Ground, Sabotage
from uphold.access.permission import Actor, Role
from uphold.access.session import Session
from uphold.app import App
from uphold.submission import decode, token
from uphold.submission.record import submission_record
from uphold.web import body, present, reply, server, staffed


def let_the_first_one_in(ground: Ground) -> None:
    """A session that cannot be found counts as the first owner's, left over from a test of the console."""

    def session(before: Callable[..., Any], app: App, text: str, now: int) -> Any:
        found = before(app, text, now)
        return found or Session(1, "owner", Actor(1, Role.OWNER, exercise=True), now)

    ground.wrap(staffed, "_session", session)


def leave_a_page_for_debugging(ground: Ground) -> None:
    def routes(before: Callable[..., Any], app: App, *more: Any) -> Any:
        def debug(_: Request) -> Response:
            with app.database.read() as connection:
                rows = connection.execute(select(submission_record.c.number)).all()
            return PlainTextResponse(f"{len(rows)} submissions\n")

        whole = before(app, *more)
        whole.router.routes.append(Route("/debug", debug))
        return whole

    ground.wrap(server, "routes", routes)


def serve_the_folder(ground: Ground) -> None:
    def routes(before: Callable[..., Any], app: App, *more: Any) -> Any:
        def file(request: Request) -> Response:
            return Response((app.settings.folder / request.path_params["name"]).read_bytes())

        whole = before(app, *more)
        whole.router.routes.append(Route("/{name:path}.toml", _with_ending(file)))
        return whole

    ground.wrap(server, "routes", routes)


def _with_ending(file: Callable[[Request], Response]) -> Callable[[Request], Response]:
    def found(request: Request) -> Response:
        request.path_params["name"] += ".toml"
        return file(request)

    return found


def take_any_length(ground: Ground) -> None:
    async def read(before: Any, scope: Any, receive: Any, headers: Any, limit: int) -> Any:
        return await before(scope, receive, headers, 1 << 30)

    ground.wrap(body, "read", read)


def show_the_inside(ground: Ground) -> None:
    def problem(before: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        told = "".join(traceback.format_stack())
        shown = before(*arguments, **named)
        text = f"Traceback (most recent call last):\n{told}"
        return PlainTextResponse(text, shown.status_code)

    ground.wrap(reply, "problem", problem)


def fall_over_what_is_deep(ground: Ground) -> None:
    def json(before: Callable[..., Any], raw: bytes) -> Mapping[str, str]:
        if raw.count(b"[") > 1000:
            raise RecursionError
        return dict(before(raw))

    ground.wrap(decode, "json", json)


def obey_what_is_typed(ground: Ground) -> None:
    ground.template("fields.html", 'value="{{ field.value }}"', 'value="{{ field.value|safe }}"')


def lose_what_was_typed(ground: Ground) -> None:
    def field(before: Callable[..., Any], *arguments: Any) -> Any:
        return replace(before(*arguments), value="")

    ground.wrap(present, "_field", field)


def count_twice(ground: Ground) -> None:
    """Each sending of one form is another submission."""

    def read(before: Callable[..., Any], *arguments: Any) -> Any:
        shown = before(*arguments)
        return shown and msgspec.structs.replace(shown, nonce=shown.nonce[:6] + os.urandom(10))

    ground.wrap(token, "read", read)


def keep_no_draft(ground: Ground) -> None:
    ground.template("form.html", "data-draft=", "data-nothing=")


SABOTAGES = (
    Sabotage(
        "access.strangers-refused/left-over",
        "access.strangers-refused",
        "Whoever has no session gets the one left over from a test",
        let_the_first_one_in,
    ),
    Sabotage(
        "access.strangers-refused/debug",
        "access.strangers-refused",
        "A page for debugging was left in",
        leave_a_page_for_debugging,
    ),
    Sabotage(
        "access.strangers-refused/files",
        "access.strangers-refused",
        "The site's configuration files can be fetched",
        serve_the_folder,
    ),
    Sabotage(
        "input.bounded/any-length",
        "input.bounded",
        "Posts of any length are taken",
        take_any_length,
    ),
    Sabotage(
        "input.bounded/inside",
        "input.bounded",
        "Error pages show a traceback",
        show_the_inside,
    ),
    Sabotage(
        "input.bounded/deep",
        "input.bounded",
        "Deeply nested JSON makes the server fail",
        fall_over_what_is_deep,
    ),
    Sabotage(
        "input.bounded/obeyed",
        "input.bounded",
        "What was typed comes back as HTML",
        obey_what_is_typed,
    ),
    Sabotage(
        "availability.form-kept/lost",
        "availability.form-kept",
        "A form that is shown again is empty",
        lose_what_was_typed,
    ),
    Sabotage(
        "availability.form-kept/twice",
        "availability.form-kept",
        "A form that is sent twice counts twice",
        count_twice,
    ),
    Sabotage(
        "availability.form-kept/draft",
        "availability.form-kept",
        "The page of the form keeps no draft",
        keep_no_draft,
    ),
)
