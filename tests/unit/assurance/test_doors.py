# SPDX-License-Identifier: Apache-2.0
"""The list of doors is that of the routes there are: a new door must say whom it is for."""

from pathlib import Path

from tests import site
from uphold.access.permission import Role
from uphold.assurance import doors
from uphold.web import console

# How to come in and what a link opens to is anybody's.
WAY_IN = {
    *("/console/login", "/console/login/code", "/console/login/code/options"),
    "/console/welcome/{link}",
}


def test_every_door_of_the_console_is_listed(tmp_path: Path) -> None:
    app = site.build(tmp_path)
    try:
        there = {
            (method, route.path)
            for route in console.routes(app)
            for method in route.methods or ()
            if method != "HEAD" and route.path not in WAY_IN
        }
    finally:
        app.close()
    assert {(door.method, door.path) for door in doors.doors()} == there


def test_every_role_is_one() -> None:
    named = {role for door in doors.doors() for role in door.roles}
    assert named == {str(role) for role in Role}
