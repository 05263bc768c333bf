# SPDX-License-Identifier: Apache-2.0
"""What is taken away holds everything that is held, in three formats, and is one person's alone."""

import json

from tests import cast, person
from tests.visitor import Visitor
from uphold.journal import entry
from uphold.rights import package


def test_it_holds_what_was_written_in_every_format(somebody: Visitor) -> None:
    somebody.receipt()
    somebody.receipt(email=cast.stranger.email, name=cast.stranger.name)
    person.enter(somebody)
    found = {}
    for wanted, kind in (
        ("json", "application/json"),
        ("html", "text/html"),
        ("pdf", "application/pdf"),
    ):
        answer = person.act(somebody, "/my/download", format=wanted)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-disposition"] == f'attachment; filename="my-data.{wanted}"'
        assert answer.headers["cache-control"] == "no-store"
        assert cast.stranger.mark.encode() not in answer.body
        found[wanted] = answer.body
    made = package.parse(found["json"])
    assert made.address == cast.subject.email
    assert [len(one.purposes) for one in made.submissions] == [3]
    assert cast.subject.name in found["html"].decode()
    assert found["pdf"].startswith(b"%PDF-")
    with somebody.app.database.read() as connection:
        kinds = [entry.decode(raw).kind for _, raw in somebody.app.log.entries(connection)]
    assert kinds.count("subject.opened") == 9
    assert person.act(somebody, "/my/download", format="exe").status == 400


def test_its_schema_is_for_anybody(stranger: Visitor) -> None:
    answer = stranger.get("/my/schema.json")
    assert answer.status == 200
    assert json.loads(answer.body)["$schema"].startswith("https://json-schema.org/")
