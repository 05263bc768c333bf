# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from hashlib import sha256

import pytest

from uphold.assurance.html import Control
from uphold.assurance.probe import Probe, Status
from uphold.assurance.probes import consent
from uphold.assurance.probes.consent import Asked, Attempt, Attempts, Boxes, Linked

NAME = "consent.communication"
EMPTY = Control(NAME, "checkbox", "yes", label="I agree")
SHOWN = Boxes("page", "feedback", "en", (NAME,), (EMPTY,))
REFUSED = Attempt("feedback", "communication", "left-out", 422, ("consent-missing",), "")


@pytest.mark.parametrize("probe", [consent.BOX_ON_PAGE, consent.BOX_AGAIN], ids=lambda p: p.id)
def test_an_empty_box(probe: Probe[tuple[Boxes, ...]]) -> None:
    assert probe.oracle((SHOWN,)).status is Status.KEPT
    assert probe.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "found",
    [
        (),
        (replace(EMPTY, ticked=True),),
        (replace(EMPTY, kind="hidden"),),
        (EMPTY, replace(EMPTY, kind="hidden")),
        (EMPTY, replace(EMPTY, name="consent.other")),
    ],
    ids=["none", "ticked", "hidden", "beside", "more"],
)
def test_a_box_that_is_not_empty_or_not_the_declared_one(found: tuple[Control, ...]) -> None:
    outcome = consent.BOX_ON_PAGE.oracle((SHOWN, replace(SHOWN, found=found)))
    assert outcome.status is Status.BROKEN


def test_a_post_without_the_tick_is_refused_and_leaves_nothing() -> None:
    oracle = consent.REQUIRED.oracle
    assert oracle(Attempts((REFUSED,), 0)).status is Status.KEPT
    assert oracle(Attempts((), 0)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "attempts",
    [
        Attempts((replace(REFUSED, status=201),), 0),
        Attempts((replace(REFUSED, codes=("required",)),), 0),
        Attempts((REFUSED, replace(REFUSED, stored="new")), 0),
        Attempts((REFUSED,), 1),
    ],
)
def test_consent_that_was_not_required(attempts: Attempts) -> None:
    outcome = consent.REQUIRED.oracle(attempts)
    assert (outcome.status, len(outcome.saw)) == (Status.BROKEN, 1)


def linked(text: str = "I give my consent.") -> Linked:
    head = "<!-- wording: form=feedback purpose=answer language=en consent=yes -->"
    digest = sha256(f"{head}\n# Consent\n\n{text}\n\nFor ever.\n".encode()).hexdigest()
    links = (f"/wording/{digest}", "/policy")
    return Linked(
        "feedback", "answer", "en", links, digest, 200, "Consent", (text, "For ever."), 200
    )


def test_a_wording_letter_for_letter() -> None:
    assert consent.SEPARATE.oracle((linked(),)).status is Status.KEPT
    assert consent.SEPARATE.oracle(()).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "one",
    [
        replace(linked(), paragraphs=("I give my consent!", "For ever.")),
        replace(linked(), title="Agreement"),
        replace(linked(), status=404),
        replace(linked(), links=("/policy",)),
        replace(linked(), links=(*linked().links, "/wording/another")),
        replace(linked(), policy_status=0),
    ],
)
def test_a_wording_that_is_another_or_stands_not_apart(one: Linked) -> None:
    assert consent.SEPARATE.oracle((linked(), one)).status is Status.BROKEN


def test_what_needs_a_signature() -> None:
    plain = Asked("feedback", "name", ())
    assert consent.WRITTEN.oracle((plain,)).status is Status.KEPT
    assert consent.WRITTEN.oracle(()).status is Status.NOT_APPLICABLE
    special = consent.WRITTEN.oracle((plain, Asked("feedback", "illness", ("health",))))
    assert special.status is Status.BROKEN
    assert str(special.saw[0]).startswith("Form feedback asks for illness")
