# SPDX-License-Identifier: Apache-2.0
"""Proof in the console and on the public page: what evidence becomes, what people do there, what strangers learn."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from tests import cast, visitor
from tests.visitor import Answer, Visitor
from uphold import __version__
from uphold.app import App
from uphold.assurance import alert, archive, configuration, evidence, probes
from uphold.assurance.evidence import Evidence
from uphold.assurance.probe import Said, Status
from uphold.assurance.report import Report
from uphold.journal import entry
from uphold.web import examiner, proof_views

pytestmark = pytest.mark.usefixtures("quick_hashing")

PROOF = "/console/proof"
HOUR = 3_600_000
# A promise of the example's clause 1.1.1.
PROMISE = "consent.box-empty"
SECRET = "a fault that names /etc/uphold and port 5432"


@pytest.fixture
def owner(one_app: App) -> Iterator[Visitor]:
    visitor.employ(one_app, cast.owner)
    with visitor.visiting(one_app) as who:
        assert who.sign_in(cast.owner).status == 303
        yield who


def now() -> int:
    return time.time_ns() // 1_000_000


def of(promise: str) -> list[str]:
    return [probe.id for probe in probes.PROBES if probe.promise == promise]


def tell(
    app: App, promise: str, status: Status = Status.KEPT, *, ago: int = HOUR, text: str = "It held."
) -> int:
    """Store evidence of each probe of a promise, as a run would; returns the number of the last."""
    edition = app.shelf.in_force()
    key, last = archive.signer(app.settings, app.ring), 0
    for probe in probes.PROBES:
        if probe.promise == promise:
            made = Evidence(
                v=evidence.VERSION,
                run=3,
                probe=probe.id,
                promise=promise,
                kind=probe.kind,
                status=status,
                at=now() - ago,
                expires=now() - ago + probe.ttl_hours * HOUR,
                did=probe.does,
                saw=(Said("Seen: %(what)s", {"what": text}),),
                edition=edition.number,
                configuration=configuration.digest(app.settings, edition),
                journal=5,
                uphold=__version__,
            )
            last = app.writer.run(lambda tx, made=made: archive.store(tx, key, made))  # type: ignore[misc]  # the writer's callable takes the transaction alone
    return last


def raise_alert(app: App, promise: str) -> None:
    with app.database.read() as connection:
        stored = archive.newest(connection, app.log.verifier)
    made = [one.evidence for one in stored.values() if one.promise == promise and one.evidence]
    app.writer.run(lambda tx: alert.raise_new(tx, made))


def kinds(app: App) -> list[str]:
    with app.database.read() as connection:
        return [entry.decode(raw).kind for _, raw in app.log.entries(connection)]


def part(answer: Answer, clause: str) -> str:
    """The HTML of one clause."""
    found = re.search(
        rf'<section class="judged" id="{re.escape(clause)}".*?</section>', answer.html, re.DOTALL
    )
    assert found is not None
    return found[0]


@pytest.fixture
def shown(one_app: App) -> App:
    """The same site, its proof open to anybody by the operator's choice."""
    site = msgspec.structs.replace(one_app.settings.site, public_proof=True)
    return replace(one_app, settings=msgspec.structs.replace(one_app.settings, site=site))


# The console's page


def test_before_any_run_nothing_is_shown_as_kept(owner: Visitor) -> None:
    answer = owner.get(PROOF)
    assert answer.status == 200
    assert "The probes have not run on this site yet." in answer.page.text
    assert 'class="verdict kept"' not in answer.html[: answer.html.index('class="more"')]
    assert "It has not been tried yet." in part(answer, "1.1.1")


def test_evidence_becomes_a_verdict_with_its_age(owner: Visitor) -> None:
    tell(owner.app, PROMISE)
    html = part(owner.get(PROOF), "1.1.1")
    assert "Seen: It held." in html
    assert "1 hour" in html
    assert f"{PROOF}/evidence/3/{of(PROMISE)[0]}" in html


def test_one_broken_promise_breaks_its_clauses_and_is_told_on_every_page(owner: Visitor) -> None:
    tell(owner.app, PROMISE, Status.BROKEN, text=SECRET)
    answer = owner.get(PROOF)
    html = part(answer, "1.1.1")
    assert html.index('class="verdict broken"') < html.index('class="promise"')
    assert SECRET in html
    for address in ("/console", "/console/policy", "/console/staff"):
        assert "1 promise is broken." in owner.get(address).page.text


def test_stale_evidence_is_not_shown_as_kept(owner: Visitor) -> None:
    tell(owner.app, PROMISE, ago=30 * 24 * HOUR)
    html = part(owner.get(PROOF), "1.1.1")
    assert "The evidence is too old to count." in html


def test_one_verdict_can_be_shown_alone(owner: Visitor) -> None:
    tell(owner.app, PROMISE, Status.BROKEN)
    answer = owner.get(f"{PROOF}?only=broken")
    ids = re.findall(r'<section class="judged" id="([^"]+)"', answer.html)
    bindings = owner.app.shelf.in_force().policy.bindings
    assert sorted(ids) == sorted(c for c, bound in bindings.items() if PROMISE in bound.promises)
    assert owner.get(f"{PROOF}?only=nonsense").page.text.count("Clause") > len(ids)


def test_the_note_is_given_as_it_was_signed(owner: Visitor) -> None:
    tell(owner.app, PROMISE)
    probe = of(PROMISE)[0]
    answer = owner.get(f"{PROOF}/evidence/3/{probe}")
    assert answer.headers["content-disposition"] == f'attachment; filename="evidence-3-{probe}.txt"'
    read = evidence.parse(answer.body, owner.app.log.verifier)
    assert (read.probe, read.status) == (probe, Status.KEPT)
    for address in ("3/nothing.at.all", f"4/{probe}", f"x/{probe}", f"99999999999/{probe}"):
        assert owner.get(f"{PROOF}/evidence/{address}").status == 404


def test_a_duty_is_attested_under_ones_own_name(owner: Visitor) -> None:
    bindings = owner.app.shelf.in_force().policy.bindings
    clause = next(name for name, bound in bindings.items() if bound.duty)
    assert "Never attested yet." in part(owner.get(PROOF), clause)
    done = owner.act(f"{PROOF}/attest", clause=clause)
    assert (done.status, done.location) == (303, f"{PROOF}?done=attested#{clause}")
    assert kinds(owner.app)[-1] == "duty.attested"
    html = part(owner.get(PROOF), clause)
    assert cast.owner.login in html
    assert "Due:" in html
    assert owner.act(f"{PROOF}/attest", clause="9.9").status == 404
    assert kinds(owner.app).count("duty.attested") == 1


def test_an_alert_stands_until_somebody_has_seen_it(owner: Visitor) -> None:
    tell(owner.app, PROMISE, Status.BROKEN)
    raise_alert(owner.app, PROMISE)
    page = owner.get(PROOF).page
    assert "not been seen" in owner.get("/console").page.text
    addresses = [action for action in page.actions if "/alert/" in action]
    assert len(addresses) == len(of(PROMISE))
    for address in addresses:
        assert owner.act(address).location == f"{PROOF}?done=seen"
    assert kinds(owner.app)[-1] == "alert.seen"
    seen = owner.get(PROOF).page
    assert [action for action in seen.actions if "/alert/" in action] == []
    assert "Seen:" in seen.text
    assert "not been seen" not in owner.get("/console").page.text
    assert owner.act(f"{PROOF}/alert/999").status == 404


def test_a_run_is_begun_once(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def begin(_: App, staff: int) -> bool:
        asked.append(staff)
        return len(asked) == 1

    monkeypatch.setattr(examiner, "begin", begin)
    assert owner.act(f"{PROOF}/run").location == f"{PROOF}?done=run-begun"
    assert owner.act(f"{PROOF}/run").location == f"{PROOF}?done=run-busy"
    assert len(asked) == 2
    assert "The probes are running." in owner.get(f"{PROOF}?done=run-begun").page.text


def test_no_act_without_the_token(owner: Visitor) -> None:
    before = kinds(owner.app)
    for address in ("run", "attest", "alert/1"):
        assert owner.post(f"{PROOF}/{address}", {"clause": "4.2.2"}).status == 403
    assert kinds(owner.app) == before


def test_the_clerk_sees_neither_proof_nor_alarm(one_app: App) -> None:
    tell(one_app, PROMISE, Status.BROKEN)
    visitor.employ(one_app, cast.clerk)
    with visitor.visiting(one_app) as clerk:
        clerk.sign_in(cast.clerk)
        assert clerk.get(PROOF).status == 404
        assert "is broken" not in clerk.get("/console").page.text


# The public page


def test_without_the_operators_choice_there_is_none(one: Visitor) -> None:
    assert one.get("/policy/proof").status == 404
    assert "/policy/proof" not in one.get("/policy").page.links


def test_strangers_see_verdicts_and_ages_and_nothing_within(shown: App) -> None:
    tell(shown, PROMISE, Status.BROKEN, text=SECRET)
    with visitor.visiting(shown) as stranger:
        assert "/policy/proof" in stranger.get("/policy").page.links
        answer = stranger.get("/policy/proof")
    assert answer.status == 200
    html = part(answer, "1.1.1")
    assert 'class="verdict broken"' in html
    assert SECRET not in answer.html
    for told in ("Seen:", PROMISE, *of(PROMISE), "/console", "not been tried", "data/", "keys/"):
        assert told not in answer.html
    # Which of its promises failed is not told: none of them bears a verdict of its own.
    assert html.count('class="verdict') == 1


def test_strangers_do_not_make_the_site_judge_itself_each_time(
    shown: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Report] = []
    real = proof_views.report

    def report(app: App) -> Report:
        made.append(real(app))
        return made[-1]

    monkeypatch.setattr(proof_views, "report", report)
    with visitor.visiting(shown) as stranger:
        for _ in range(5):
            assert stranger.get("/policy/proof").status == 200
    assert len(made) == 1


# The report


def test_the_report_is_one_file_in_the_policys_language(one_app: App) -> None:
    tell(one_app, PROMISE, Status.BROKEN, text="<b>bold</b>")
    html = proof_views.html(one_app, proof_views.report(one_app)).decode()
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html
    assert one_app.log.vkey in html
    assert not re.search(
        r"<(script|link|img)\b|https?://(?!quiet)", html.replace(one_app.settings.site.address, "")
    )
