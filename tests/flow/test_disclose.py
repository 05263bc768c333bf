# SPDX-License-Identifier: Apache-2.0
"""One disclosure from the demand to the person's page, and on to what the recipient is told when it is corrected."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests import cast, person, visitor
from tests.visitor import Visitor
from uphold.app import App
from uphold.assurance.audit import Audit
from uphold.journal import entry
from uphold.rights import package
from uphold.vault import age, identifier

NEW, LIST = "/console/disclosures/new", "/console/disclosures"
DEMAND = {
    "recipient": "authorities",
    "purpose": "communication",
    "ground": "court-proceedings",
    "requester": "Distrikt-Zyuzya Court",
    "document": "Ruling No. 2-Qyzylja/2026",
    "field.name": "yes",
    "field.email": "yes",
}

pytestmark = pytest.mark.usefixtures("quick_hashing")


@pytest.fixture
def staff(one_app: App) -> Iterator[tuple[Visitor, Visitor]]:
    """The officer, who prepares, and the owner, who decides."""
    visitor.employ(one_app, cast.officer)
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app) as officer, visitor.visiting(one_app) as owner:
        assert officer.sign_in(cast.officer).status == 303
        assert owner.sign_in(cast.owner).status == 303
        yield officer, owner


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def test_from_the_demand_to_the_person_s_page(
    one_app: App, one: Visitor, staff: tuple[Visitor, Visitor], tmp_path: Path
) -> None:
    app, (officer, owner) = one_app, staff
    one.receipt()
    secret, key = age.new_identity()
    receipts = app.ring.identifiers.encode(identifier.RECEIPT, 1)
    person.enter(one)
    (href,) = person.submissions(one)
    assert "Nobody outside that the law lets us tell you of." in one.get(href).page.text

    # Somebody demands; the officer prepares, the owner sees exactly what would leave, and approves.
    path = officer.act(NEW, **DEMAND, receipts=receipts, key=key).location.partition("?")[0]
    assert cast.subject.email not in officer.get(path).html
    seen = owner.act(f"{path}/look")
    assert cast.subject.email in seen.html
    assert cast.subject.phone not in seen.html
    assert owner.act(f"{path}/approve", seen=seen.page.fields["seen"]).status == 303
    assert "Who outside received it" in one.get(href).page.text
    assert "152-fz:6.1.3" not in one.get(href).html

    # The file, which the recipient alone can open.
    file = officer.act(f"{path}/send").body
    (tmp_path / "identity").write_text(secret)
    opened = age.Opened(io.BytesIO(file), age.identities(tmp_path / "identity"))
    content = msgspec.json.decode(opened.take(1 << 20))
    opened.close()
    (left,) = content["records"]
    assert {f["key"]: f["value"] for f in left["fields"]} == {
        "name": cast.subject.name,
        "email": cast.subject.email,
    }
    assert officer.act(f"{path}/confirm", outcome="received").status == 303

    # It stands on the person's page, and in what they take away.
    page = one.get(href)
    assert "152-fz:6.1.3" in page.html
    who = app.shelf.in_force().policy.recipients["authorities"].name["en"]
    assert who in page.html
    assert "Distrikt-Zyuzya" not in page.html
    taken = package.parse(person.act(one, "/my/download", format="json").body)
    assert [(d.recipient, d.law, d.submission) for d in taken.disclosures] == [
        (who, "152-fz:6.1.3", receipts)
    ]

    # The person corrects their name: whoever received it is to be told, and answers.
    assert person.act(one, f"{href}/correct", name="Agnia N.").status < 400
    assert f"{path}#notices" in officer.get(LIST).html
    assert "Submission 1 of that file was corrected" in officer.get(f"{path}/notice/1").html
    assert officer.act(f"{path}/tell", notice="1", channel="letter").status == 303
    assert officer.act(f"{path}/tell", notice="1", outcome="done").status == 303
    assert "has done the same" in one.get(href).page.text

    # All of it is in the journal, which says nothing of anybody, and hangs together.
    said = kinds(app)
    assert [kind for kind in said if kind.startswith(("disclosure.", "recipient."))] == [
        "disclosure.prepared", "disclosure.opened", "disclosure.approved", "disclosure.opened",
        "disclosure.sent", "disclosure.closed", "recipient.told", "recipient.answered",
    ]  # fmt: skip
    with app.database.read() as connection:
        raw = b"".join(raw for _, raw in app.log.entries(connection))
    assert cast.leaks(raw) == []
    assert b"Zyuzya" not in raw
    assert b"Qyzylja" not in raw
    assert list(Audit(app.settings).run()) == []
