# SPDX-License-Identifier: Apache-2.0
"""The register of disclosures, held against the journal, the policy it was decided under and the law of the day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from uphold.access import disclosed, disclosure
from uphold.access.disclosed import Disclosure
from uphold.access.procedure import State, Step
from uphold.assurance import trail
from uphold.assurance.probe import N_, Cost, Kind, Outcome, Probe, judged, not_applicable, said
from uphold.assurance.scene import Scene
from uphold.assurance.trail import Told
from uphold.law import disclosure as grounds
from uphold.law.disclosure import Ground
from uphold.policy.document import Edition

PREPARED, OPENED, SENT = "disclosure.prepared", "disclosure.opened", "disclosure.sent"
APPROVED, REFUSED, CLOSED = "disclosure.approved", "disclosure.refused", "disclosure.closed"
KINDS = (PREPARED, APPROVED, REFUSED, OPENED, SENT, CLOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """A disclosure as the register has it, beside what the journal tells of it.

    `steps` are kind, staff and what else matters of each entry but the openings, by the journal; `rows` the same by
    the register. `declared` says whether the edition it was prepared under gives that recipient that ground,
    `silence` whether the ground allows one. `opened_more` counts openings of fields that were not prepared;
    `exercise` says that a run of probes made it.
    """

    number: int
    steps: tuple[tuple[str, int, str], ...]
    rows: tuple[tuple[str, int, str], ...]
    declared: bool = True
    silence: bool = True
    opened_more: int = 0
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """Every disclosure there is, in the register or in the journal alone."""

    lines: tuple[Line, ...]


def _register(scene: Scene) -> Registered:
    by_number: dict[int, list[Told]] = {}
    for one in trail.since(scene, 0, *KINDS):
        by_number.setdefault(int(one.codes["disclosure"]), []).append(one)
    with scene.read() as connection:
        rows = {
            one.number: one
            for exercise in (False, True)
            for one in disclosed.listed(connection, exercise=exercise, limit=1_000_000)
        }
    editions = {edition.number: edition for edition in scene.editions}
    return Registered(
        tuple(
            _line(number, by_number.get(number, []), rows.get(number), editions)
            for number in sorted({*by_number, *rows})
        )
    )


def _line(
    number: int,
    told: Sequence[Told],
    row: Disclosure | None,
    editions: Mapping[int, Edition],
) -> Line:
    steps = tuple(_step(one) for one in told if one.kind != OPENED)
    if row is None:
        return Line(number, steps, ())
    fields = {field.replace("_", "-") for field in row.fields}
    more = [one for one in told if one.kind == OPENED]
    known = row.exercise or row.recipient == disclosure.NONE
    ground = None if known else _ground(row, editions)
    return Line(
        number=number,
        steps=steps,
        rows=tuple(_rows(row)),
        declared=known or ground is not None,
        silence=not row.silence_until or (ground is not None and ground.silence),
        opened_more=sum(not set(str(one.codes["fields"]).split("+")) <= fields for one in more),
        exercise=row.exercise,
    )


def _step(one: Told) -> tuple[str, int, str]:
    codes = one.codes
    if one.kind == PREPARED:
        said_ = (codes["recipient"], codes["ground"], codes["purpose"], codes["fields"])
        more = " ".join(map(str, (*said_, codes["until"])))
    else:
        more = str(codes.get("reason") or codes.get("file") or codes.get("outcome") or "")
    return one.kind, int(codes["staff"]), more


def _rows(row: Disclosure) -> Iterator[tuple[str, int, str]]:
    kinds = {Step.APPROVE: APPROVED, Step.REFUSE: REFUSED, Step.SEND: SENT, Step.CONFIRM: CLOSED}
    if row.recipient != disclosure.NONE:
        fields = "+".join(sorted(row.fields)).replace("_", "-")
        said_ = f"{row.recipient} {row.ground} {row.purpose} {fields} {row.silence_until // 1000}"
        yield PREPARED, row.prepared_by, said_
    for one in row.moves:
        yield kinds[one.step], one.staff, one.reason or one.file
    if not row.moves and row.state is not State.PREPARED:
        yield str(row.state), 0, ""
    if row.moves and row.moves[-1].to is not row.state:
        yield str(row.state), 0, ""


def _ground(row: Disclosure, editions: Mapping[int, Edition]) -> Ground | None:
    """The ground of a disclosure, where its edition gives it to its recipient and the law did on that day."""
    policy = editions[row.edition].policy if row.edition in editions else None
    known = policy.recipients.get(row.recipient) if policy else None
    if policy is None or known is None or row.ground not in known.grounds:
        return None
    day = disclosure.moment(row.prepared_at).date()
    found = grounds.on(policy.laws, day).get(row.ground)
    return found if found is not None and known.kind in found.to else None


def judge_registered(found: Registered) -> Outcome:
    """Judge: the register and the journal say the same, nothing left undecided by two, all on a ground that stood."""
    if not found.lines:
        return not_applicable(said(N_("Nothing was ever disclosed, and nobody was turned away.")))
    faults = []
    for one in found.lines:
        if one.steps != one.rows:
            text = N_("Disclosure %(number)s: the register and the journal tell different things.")
            faults.append(said(text, number=one.number))
        if not _is_decided(one.steps):
            text = N_("Disclosure %(number)s left without another's approval.")
            faults.append(said(text, number=one.number))
        if not one.declared:
            text = N_("Disclosure %(number)s: the policy did not give the recipient this ground.")
            faults.append(said(text, number=one.number))
        if not one.silence:
            text = N_(
                "Disclosure %(number)s is kept from the person, and its ground allows no silence."
            )
            faults.append(said(text, number=one.number))
        if one.opened_more:
            text = N_("For disclosure %(number)s more was opened than was prepared.")
            faults.append(said(text, number=one.number))
    people = [one for one in found.lines if not one.exercise]
    left = sum(any(kind == SENT for kind, _, _ in one.steps) for one in people)
    seen = N_(
        "Disclosures of people's data and refusals in the register: %(count)s, of which left: %(left)s; of runs of"
        " probes: %(tried)s; the journal tells the same of each."
    )
    tried = len(found.lines) - len(people)
    return judged(faults, said(seen, count=len(people), left=left, tried=tried))


def _is_decided(steps: Sequence[tuple[str, int, str]]) -> bool:
    """Whether nothing was sent before another than who prepared it had approved it."""
    prepared = [staff for kind, staff, _ in steps if kind == PREPARED]
    approved = False
    for kind, staff, _ in steps:
        approved = approved or (kind == APPROVED and staff not in prepared)
        if kind == SENT and not approved:
            return False
    return True


REGISTER = Probe(
    id="disclosure.on-ground.register",
    promise="disclosure.on-ground",
    kind=Kind.EXAMINE,
    does=N_(
        "Holds the register of disclosures against the journal, the policy and the law of the day."
    ),
    act=_register,
    oracle=judge_registered,
    cost=Cost.HEAVY,
)

PROBES = (REGISTER,)
