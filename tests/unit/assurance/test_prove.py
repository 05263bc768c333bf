# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.office import quick_hashing
from tests.site import app
from tests.unit.assurance.proofs import HOUR, probe
from uphold import errors
from uphold.access import staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.assurance import archive, audit, configuration, exercise, probes, prove
from uphold.assurance.evidence import MOST_SEEN, Evidence
from uphold.assurance.probe import Cost, Probe, Said, Status, broken, kept
from uphold.assurance.prove import Progress
from uphold.assurance.scene import Scene
from uphold.assurance.tables import assurance_run
from uphold.policy import promise
from uphold.vault.tables import vault_part
from uphold.web import run

__all__ = ["app", "quick_hashing"]


def examine(app: App, *chosen: Probe[Any], told: prove.Told = prove.nobody) -> dict[str, Evidence]:
    with run.serving(app) as target:
        ran = prove.run(app.premises(), target, chosen, told=told)
    with app.database.read() as connection:
        made = archive.of_run(connection, app.log.verifier, ran.run)
    found = {one.probe: one.evidence for one in made if one.evidence is not None}
    assert {name: one.status for name, one in found.items()} == ran.statuses
    return found


def left(app: App) -> tuple[int, int]:
    """Submissions and accounts of exercises that are there still, and runs that are open."""
    with app.database.read() as connection:
        runs = connection.execute(
            select(assurance_run.c.number).where(assurance_run.c.ended_at.is_(None))
        ).all()
        accounts = [one for one in staff.accounts(connection) if one.login.startswith("exercise-")]
        return len(runs), len(accounts)


def test_each_probe_leaves_evidence_of_its_own(app: App) -> None:
    good = probe("form.marked.page", outcome=kept(Said("%(n)s labels.", {"n": 2})), ttl_hours=3)
    bad = probe("policy.reachable.page", outcome=broken(Said("one"), Said("two")))
    found = examine(app, good, bad)
    one = found["form.marked.page"]
    assert one.expires - one.at == 3 * HOUR
    assert (one.status, one.edition, one.did) == (Status.KEPT, 1, good.does)
    assert one.configuration == configuration.digest(app.settings, app.shelf.in_force())
    assert found["policy.reachable.page"].saw == (Said("one"), Said("two"))
    assert left(app) == (0, 0)


def test_a_probe_that_fails_shows_nothing_and_ends_no_other(app: App) -> None:
    def unlucky(_: Scene) -> None:
        raise errors.Unavailable("The site does not answer.")

    def faulty(_: Scene) -> None:
        raise ValueError("a secret of somebody")

    found = examine(
        app,
        probe("a.b.act", act=unlucky),
        probe("a.b.warm-up", warm_up=faulty),
        probe("a.b.revert", revert=faulty),
        probe("a.b.last"),
    )
    assert [one.status for one in found.values()] == [Status.NOT_SHOWN] * 3 + [Status.KEPT]
    assert "does not answer" in str(found["a.b.act"].saw[0])
    assert "ValueError in test_prove.py" in str(found["a.b.warm-up"].saw[0])
    assert "secret" not in str(found)


def test_revert_runs_whatever_happened(app: App) -> None:
    done: list[str] = []

    def fail(_: Scene) -> None:
        raise errors.Broken("no")

    def revert(_: Scene) -> None:
        done.append("reverted")

    examine(app, probe("a.b.act", act=fail, revert=revert), probe("a.b.good", revert=revert))
    assert done == ["reverted"] * 2


@pytest.mark.parametrize("how", [KeyboardInterrupt, SystemExit])
def test_whatever_ends_a_run_the_exercise_is_removed(
    app: App, quick_hashing: None, how: type[BaseException]
) -> None:
    def leave(scene: Scene) -> None:
        scene.submission()
        scene.staff(Role.CLERK)
        raise how

    with pytest.raises(how), run.serving(app) as target:
        prove.run(app.premises(), target, [probe("a.b.good"), probe("a.b.ends", act=leave)])
    assert left(app) == (0, 0)
    with app.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(vault_part)).scalar() == 0
        # What had been found by then is kept.
        assert list(archive.newest(connection, app.log.verifier)) == ["a.b.good"]
    assert not exercise.is_under_way(app.settings)


def test_light_probes_run_first_and_who_judges_them_last(app: App) -> None:
    order: list[str] = []
    told: list[Progress] = []

    def note(name: str, **more: Any) -> Probe[Any]:
        def act(scene: Scene) -> Any:
            order.append(name)
            scene.watch("entries", 5)
            return kept()

        return probe(name, act=act, **more)

    chosen = [
        note("a.b.last", is_last=True),
        note("a.b.heavy", cost=Cost.HEAVY),
        note("a.b.light"),
    ]
    examine(app, *chosen, told=told.append)
    assert order == ["a.b.light", "a.b.heavy", "a.b.last"]
    assert [(one.done, one.total) for one in told if one.status] == [(1, 3), (2, 3), (3, 3)]
    assert [one.probe for one in told if one.step] == order


def test_evidence_stays_within_what_a_note_holds(app: App) -> None:
    many = broken(*(Said("fault %(n)s", {"n": n}) for n in range(MOST_SEEN + 7)))
    [found] = examine(app, probe("a.b.many", outcome=many)).values()
    assert len(found.saw) == MOST_SEEN + 1
    assert str(found.saw[-1]) == "And 7 more of the kind."


def test_two_runs_at_once_are_refused(app: App) -> None:
    def again(scene: Scene) -> Any:
        with pytest.raises(errors.Conflict):
            prove.run(app.premises(), scene.target, [probe()])
        return kept()

    [found] = examine(app, probe("a.b.twice", act=again)).values()
    assert found.status is Status.KEPT


def test_a_site_that_was_examined_passes_its_audit(app: App) -> None:
    examine(app, probe(), probe("a.b.bad", outcome=broken(Said("no"))))
    assert list(audit.Audit(app.settings).run()) == []


def test_the_probes_of_a_promise_are_found_by_the_catalogue() -> None:
    one = promise.catalogue()["policy.reachable"]
    chosen = prove.of_promises([one])
    assert {found.id for found in chosen} == set(one.probes)
    assert len(prove.of_promises(promise.catalogue().values())) == len(probes.PROBES)
