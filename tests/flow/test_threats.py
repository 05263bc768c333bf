# SPDX-License-Identifier: Apache-2.0
"""What changes on a site changes its threats: exactly so, with the entry that caused it, and back again.

Nothing was examined here, so no measure is shown to hold, and findings come and go by facts alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests import cast, changing, site
from tests.changing import Act, Changing
from uphold.access.permission import Role
from uphold.assurance import audit, modelled
from uphold.config import Settings
from uphold.threats.judge import State

NEW = "new-nuthatch"
MODELLED, FORCE = "threats.modelled", "policy.in-force"


@dataclass(frozen=True)
class Change:
    """Something that happens to a site and is undone: what comes by it, what goes, what is rated otherwise."""

    name: str
    act: Act
    undo: Act
    come: tuple[str, ...] = ()
    go: tuple[str, ...] = ()
    rated: tuple[str, ...] = ()
    caused: tuple[str, str] = (MODELLED, MODELLED)
    """The kinds of the entries that caused it, and that caused what came of undoing it."""


PURPOSES = ("communication", "consent-evidence", "security")


def reads(rule: str) -> tuple[str, ...]:
    """The findings of a rule on every flow by which staff read."""
    return tuple(f"{rule}@flow:read/{purpose}" for purpose in PURPOSES)


TURNED = tuple(
    f"rule-turned-on-colleagues@rule:{one.id}"
    for one in modelled.rules(Settings()) or ()
    if one.acts and one.spoofable
)
CHANGES = (
    Change(
        "no TLS",
        changing.rewritten(changing.SETTINGS, "https://uphold", "http://uphold"),
        changing.unset,
        come=(
            "address-without-tls@site",
            "sent-in-clear@flow:export/communication",
            "sent-in-clear@flow:own-page",
            "sent-in-clear@flow:submit/feedback",
            *reads("sent-in-clear"),
        ),
    ),
    Change(
        "a second factor demanded",
        changing.setting("console", 'second_factor = "required"'),
        changing.unset,
        go=("password-alone@account:1",),
    ),
    Change(
        "a recipient abroad",
        changing.published('д. 3"\ncountry = "RU"', 'д. 3"\ncountry = "DE"'),
        changing.published_again,
        come=("recipient-abroad@recipient:mail-relay",),
        caused=(FORCE, FORCE),
    ),
    Change(
        "a purpose that many read",
        changing.published('"owner", "clerk"', '"owner", "clerk", "officer"'),
        changing.published_again,
        come=("purpose-too-open@purpose:communication",),
        caused=(FORCE, FORCE),
    ),
    Change(
        "backups on",
        changing.setting("backup", 'recipient = "age1qqqq"\nfolder = "backups"'),
        changing.unset,
        # The disk that they will lie on is not there yet.
        come=("backup-dies-with-data@backup:own",),
        go=("backups-off@site",),
    ),
    Change(
        "detection off",
        changing.setting("detection", "on = false"),
        changing.unset,
        come=("detection-off@site",),
        go=("alarm-unseen@site", "job-late@job:detection"),
    ),
    Change(
        "detection that only talks",
        changing.setting("detection", "act = false"),
        changing.unset,
        come=("detection-only-talks@site",),
        # No alert of a stranger's making can be turned on anybody then.
        go=TURNED,
    ),
    Change(
        "a rule on trial, and one that is off",
        changing.setting("detection", 'dry_run = ["mass-delete"]\ndisabled = ["clock-jump"]'),
        changing.unset,
        come=("rule-off@rule:clock-jump", "rule-on-trial@rule:mass-delete"),
    ),
    Change(
        "public statistics",
        changing.setting("visits", "record = true\npublic = true"),
        changing.unset,
        come=("figures-single-out@site", "visits-make-a-profile@site"),
    ),
    Change(
        "no examination by itself",
        changing.setting("proof", "schedule = false"),
        changing.unset,
        come=("evidence-goes-stale@site",),
        go=("job-late@job:examination", "measures-forged@site"),
    ),
    Change(
        "keys that are never renewed",
        changing.setting("keys", "rotate_every_days = 0"),
        changing.unset,
        come=("keys-never-change@key:epoch", "rotation-off@job:rotation"),
    ),
    Change(
        "worse threats declared",
        changing.setting("threats", "threat_type = 2"),
        changing.unset,
        come=("factor-not-demanded@site", "undeclared-features@site"),
        rated=("machine-unpatched@actor:stranger",),
    ),
    Change(
        "a key ring open to others",
        changing.loosen,
        changing.tighten,
        come=(
            "key-readable@key:epoch",
            "key-readable@key:ring",
            "key-readable@key:signing",
            "place-open-to-others@store:keys",
        ),
    ),
    Change(
        "somebody without a second factor, who may export",
        changing.joins(NEW, Role.OFFICER),
        changing.leaves(NEW),
        come=(
            *reads("emergency-abused"),
            "exporter-takes-away@role:officer",
            "invitation-taken@account:3",
            "purposes-joined@role:officer",
            "session-stolen@role:officer",
            "staff-careless@actor:staff",
        ),
        caused=("staff.invited", "staff.closed"),
    ),
    Change(
        "a special category",
        changing.in_force(changing.special),
        changing.as_published,
        come=("factor-not-demanded@site", "special-by-tick@field:feedback.message"),
        rated=(
            "disclosed-to-the-wrong-one@flow:disclose/authorities",
            "processor-sees@recipient:mail-relay",
            "reading-beyond-need@flow:read/communication",
        ),
    ),
    Change(
        "a purpose without a term",
        changing.in_force(changing.endless),
        changing.as_published,
        come=("kept-for-long@purpose:communication", "no-end@purpose:communication"),
        go=("kept-beyond-term@purpose:communication",),
    ),
)
OVER = (State.RESOLVED, State.RETIRED)


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changing]:
    """A site with an owner, and somebody who has left, as it was looked at first."""
    app = site.build(tmp_path_factory.mktemp("changing"))
    changed = Changing(app)
    changed.office.staff(cast.owner)
    changing.joins("former-fox", Role.CLERK)(changed)
    changing.leaves("former-fox")(changed)
    found = changed.look()
    assert {one.kind for one in found} == {"added"}
    yield changed
    app.close()


def seen(at: Changing, caused: str) -> tuple[set[str], set[str], set[str]]:
    """Look; tell what came, what went and what was rated otherwise; each was caused by an entry of one kind."""
    found = at.look()
    for one in found:
        assert at.kind(one.cause) == caused, one
        assert at.kind(one.entry) == "threat.changed"
        assert one.cause < one.entry
    went = {one.uid for one in found if one.after in OVER}
    rated = {one.uid for one in found if one.kind == "rated"}
    return {one.uid for one in found} - went - rated, went, rated


def test_each_change_and_its_undoing_change_the_threats_exactly_so(at: Changing) -> None:
    for change in CHANGES:
        before = at.model()
        change.act(at)
        come, go = set(change.come), set(change.go)
        assert seen(at, change.caused[0]) == (come, go, set(change.rated)), change.name
        change.undo(at)
        assert seen(at, change.caused[1]) == (go, come, set(change.rated)), change.name
        assert at.model() == before, change.name
        size = at.size()
        assert at.look() == (), change.name
        assert at.size() == size, change.name


def test_the_register_is_borne_out_by_the_journal(at: Changing) -> None:
    assert [str(one) for one in audit.run(at.app.settings)] == []
