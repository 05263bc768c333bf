# SPDX-License-Identifier: Apache-2.0
"""The probe of fields that nobody reads: every reading counts, a probe's own does not, and what is unread is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from uphold.access import use
from uphold.access.permission import Role
from uphold.assurance import console, formless, html, trail, unused
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.assurance.unused import DAY_MS, Used
from uphold.policy.document import Form

OPENED = "record.opened"
_OK = 200
HOME = "/console/policy"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form in force: when submissions first had it (0: none has), and when it was last read."""

    name: str
    since: int
    at: int


@dataclass(frozen=True, slots=True)
class Read:
    """A reading of the probe's own submission, and what the report says around it.

    `expected` are the fields that the purpose has, `counted` those of them that were read by then, as the report
    has it of the probes' own. `asked` are all fields of the form. `leaked` are people's fields whose last reading
    moved meanwhile, though the journal has no reading but the probe's (`others` counts those). `fields` are
    people's, `own` the probes'; `told` what the console's page reports of people's, `later` what the report will
    say of the probes' own when nobody reads for the time and a day, `sooner` what it says of them at once.
    """

    role: str
    status: int
    page: int
    expected: frozenset[str]
    counted: frozenset[str]
    asked: frozenset[str]
    leaked: frozenset[str]
    others: int
    now: int
    days: int
    fields: tuple[Field, ...]
    own: tuple[Field, ...]
    told: frozenset[str]
    later: frozenset[str]
    sooner: frozenset[str]


def _read(scene: Scene) -> Read:
    submitted, form = scene.submission(), scene.form()
    purposes = [one for one in form.purposes if trail.reader(scene, one) and _has(form, one)]
    role = trail.reader(scene, purposes[0]) if purposes else None
    days = scene.settings.minimal.unused_days
    before, start, began = _last(scene), trail.size(scene), scene.now
    status = console.Desk(scene, role).open(submitted.record, purposes[0]).status if role else 0
    others = len(trail.since(scene, start, OPENED)) - len(
        trail.about(scene, submitted.record, start, OPENED)
    )
    after, own = _last(scene), _last(scene, exercise=True)
    page = scene.staff(Role.OFFICER).get(HOME)
    serving = [item for item in form.fields if purposes and purposes[0] in item.purposes]
    with scene.read() as connection:
        people = unused.fields(connection, scene.editions, scene.edition)
        mine = unused.fields(connection, scene.editions, scene.edition, exercise=True)
    late = scene.now + (days + 1) * DAY_MS
    return Read(
        role=role or "",
        status=status,
        page=page.status,
        expected=frozenset(f"{form.key}.{item.key}" for item in serving),
        counted=frozenset(
            f"{form.key}.{item.key}"
            for item in serving
            if own.get((form.key, item.key, purposes[0]), 0) >= began
        ),
        asked=frozenset(f"{form.key}.{item.key}" for item in form.fields),
        leaked=frozenset(".".join(key) for key, at in after.items() if at != before.get(key)),
        others=others,
        now=scene.now,
        days=days,
        fields=_seen(people),
        own=_seen(mine),
        told=_told(page.text),
        later=frozenset(map(_name, unused.reported(mine, late, days))),
        sooner=frozenset(map(_name, unused.reported(mine, scene.now, days))),
    )


def _has(form: Form, purpose: str) -> bool:
    return any(purpose in item.purposes for item in form.fields)


def _last(scene: Scene, *, exercise: bool = False) -> Mapping[use.Key, int]:
    with scene.read() as connection:
        return use.last(connection, exercise=exercise)


def _name(one: Used) -> str:
    return f"{one.form}.{one.field}"


def _seen(found: tuple[Used, ...]) -> tuple[Field, ...]:
    return tuple(Field(_name(one), one.since, one.at) for one in found)


def _told(text: str) -> frozenset[str]:
    rows = html.parse(text).all("tr")
    return frozenset(row.attrs["data-unused"] for row in rows if "data-unused" in row.attrs)


def _unread(fields: tuple[Field, ...], now: int, days: int) -> frozenset[str]:
    """Which fields are to be reported, reckoned once more."""
    before = now - days * DAY_MS
    return frozenset(one.name for one in fields if one.since and max(one.since, one.at) <= before)


def judge_read(read: Read) -> Outcome:
    """Judge: the reading counts for its fields and for nobody else's, and the unread are told, no more, no less."""
    if read.page != _OK:
        text = N_("The page of the policy answers an officer %(status)s.")
        return not_shown(said(text, status=read.page))
    if read.role and read.status != _OK:
        text = N_("%(role)s could not open the submission (status %(status)s).")
        return not_shown(said(text, role=read.role, status=read.status))
    seen = N_(
        "%(role)s read fields of a submission: %(read)s, each counted, for the probe only. Fields of the"
        " forms: %(fields)s; unread for %(days)s days and told to the officer: %(told)s."
    )
    return judged(
        _faults(read),
        said(
            seen,
            role=read.role or "-",
            read=len(read.counted),
            fields=len(read.fields),
            days=read.days,
            told=len(read.told),
        ),
    )


def _faults(read: Read) -> Iterator[Said]:
    for name in sorted(read.expected - read.counted):
        yield said(N_("The field %(field)s was read, and that does not count."), field=name)
    if not read.others:
        for name in sorted(read.leaked):
            text = N_("The probe's own reading counts as a use of people's field %(field)s.")
            yield said(text, field=name)
    for name in sorted(read.asked - {one.name for one in read.own if one.since}):
        yield said(N_("The field %(field)s was sent, and nothing says since when."), field=name)
    late = read.now + (read.days + 1) * DAY_MS
    for told, due in (
        (read.told, _unread(read.fields, read.now, read.days)),
        (read.later, _unread(read.own, late, read.days)),
        (read.sooner, _unread(read.own, read.now, read.days)),
    ):
        for name in sorted(due - told):
            text = N_("The field %(field)s is unread for %(days)s days, and is not reported.")
            yield said(text, field=name, days=read.days)
        for name in sorted(told - due):
            text = N_("The field %(field)s is reported, and was read or is not asked for so long.")
            yield said(text, field=name)


REPORTED = Probe(
    id="minimal.unused-reported.told",
    promise="minimal.unused-reported",
    kind=Kind.EXAMINE,
    does=N_(
        "Reads a submission of its own, and compares what counts as read and what the officer is told is unread."
    ),
    act=formless.spared(_read),
    oracle=formless.judged(judge_read),
)

PROBES = (REPORTED,)
