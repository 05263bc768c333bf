# SPDX-License-Identifier: Apache-2.0
"""What the product is to reach beside others, as data, and what the last runs say of it (pure).

Each goal is one figure of one section. `measure` finds it in the section's rows: the figure with its range over the
rounds, Uphold's own value and what it is measured against. A goal that is not reached says what stands in the way.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from bench import markdown, medians, targets
from bench.medians import Spread
from bench.targets import TUNED, Pair, Rows

TITLE = "Goals"


class Measured(NamedTuple):
    """A figure with its range, and the two values that it was made of, as text."""

    figure: Spread
    ours: str
    other: str


Measure = Callable[[Any], Measured | None]


class Goal(NamedTuple):
    """One goal: `at_most` tells whether less is better; `why` is shown while it is not reached."""

    name: str
    section: str
    wanted: float
    measure: Measure
    at_most: bool = False
    why: str = ""

    def reached(self, figure: Spread) -> bool:
        """Tell whether the median is as wanted."""
        return figure.median <= self.wanted if self.at_most else figure.median >= self.wanted


def _shown(value: float, unit: str) -> str:
    return f"{markdown.number(value)} {unit}".strip()


def _rates(pair: Pair, clients: int | None, rows: Rows) -> Measured | None:
    """How many times as many a second."""
    figure = targets.ratio(rows, pair, clients)
    if figure is None:
        return None
    ours, other = (
        _shown(median(targets.values(rows, name, clients, "per_second")), "/s") for name in pair
    )
    return Measured(figure, ours, other)


def _cheaper(pair: Pair, clients: int | None, rows: Rows) -> Measured | None:
    """How many times less CPU the first takes than the second."""
    figure = targets.ratio(rows, Pair(pair.under, pair.over), clients, "cpu_us")
    if figure is None:
        return None
    ours, other = (
        _shown(median(targets.values(rows, name, clients, "cpu_us")), "us") for name in pair
    )
    return Measured(figure, ours, other)


def _dearer(pair: Pair, clients: int | None, rows: Rows) -> Measured | None:
    """How many times the CPU of the second the first takes."""
    found = _cheaper(Pair(pair.under, pair.over), clients, rows)
    return found and Measured(found.figure, found.other, found.ours)


def _of_limit(names: Sequence[str], rows: Rows) -> Measured | None:
    """How many times the CPU of some limits together a submission takes."""
    ours = targets.values(rows, "uphold-submission", None, "cpu_us")
    limits = [targets.values(rows, name, None, "cpu_us") for name in names]
    if not ours or not all(limits):
        return None
    together = [sum(each) for each in zip(*limits, strict=True)]
    figure = medians.ratio(ours, together)
    return Measured(figure, _shown(median(ours), "us"), _shown(median(together), "us"))


def _waited(rows: Rows) -> Measured | None:
    """How many times one fdatasync of then a lone submission takes."""
    ours = targets.values(rows, "uphold-sqlite", 1, "p50_ms")
    its = [row for row in rows if row["variant"] == "uphold-sqlite" and row["connections"] == 1]
    if not its or "fdatasync_us" not in its[0]:
        return None
    disk = [value / 1e3 for value in targets.values(rows, "uphold-sqlite", 1, "fdatasync_us")]
    return Measured(
        medians.ratio(ours, disk), _shown(median(ours), "ms"), _shown(median(disk), "ms")
    )


def _slowest(rows: Rows) -> Measured | None:
    ours = targets.values(rows, "uphold-sqlite", 64, "p99_ms")
    other = targets.values(rows, "django-sqlite-tuned", 64, "p99_ms")
    if not ours:
        return None
    return Measured(medians.spread(ours), "", _shown(median(other), "ms") if other else "-")


def _audited(rows: Mapping[str, float]) -> Measured | None:
    each = rows.get("audit, CPU us per entry")
    return None if each is None else Measured(Spread(each, each, each), "", "-")


def _missing(rows: Rows) -> Measured:
    missing = [float(row["missing"]) for row in rows]
    seen = sum(int(row["acknowledged"]) for row in rows)
    return Measured(medians.spread(missing), f"of {markdown.whole(seen)}", "-")


def _started(field: str, scale: float, unit: str, rows: Rows) -> Measured | None:
    ours, other = (
        [row[field] * scale for row in rows if row["what"] == name]
        for name in ("uphold", "django-3")
    )
    if not ours:
        return None
    return Measured(medians.spread(ours), "", _shown(median(other), unit) if other else "-")


def _helped(rows: Rows) -> Measured | None:
    ours, other = (
        [
            row["cpu_s"] * 1e3
            for row in sorted(rows, key=lambda row: row["round"])
            if row["what"] == name
        ]
        for name in ("help", "pass")
    )
    if not ours or not all(other):
        return None
    return Measured(
        medians.ratio(ours, other), _shown(median(ours), "ms"), _shown(median(other), "ms")
    )


VISIT = Pair(targets.VISITS, "django-sqlite-default")
RAW = Pair("uphold-sqlite", "raw-sqlite")
RAW_SERVER = Pair("uphold-postgresql", "raw-postgresql")
FORM = Pair("uphold-sqlite", "uphold-json")

# What stands in the way, where a goal is not reached; docs/design/where-time-goes.md has the profiles.
_WORK = (
    "a submission does about three times the work of the prototype that set the goal - a sealed part and a key "
    "for each purpose, commitments to each, an index, the desk - and its profile is flat; four fifths of the time "
    "are Python's own, at a microsecond a call. A second process on two cores takes no more: see below."
)
_SERVER = (
    "as on SQLite, and a share for the database's own process, which runs on the same two cores as the load and "
    "the product. Another machine for it is what is left; a second process on these two takes as many: see below."
)
_VISIT = (
    "four fifths of a visit's time are Python's: reading the request, judging, sealing and spooling it. The kernel, "
    "with the sending, takes the fifth. Django's row is cheaper on this machine than on the one where the goal was set."
)
_BARE = (
    "the bare endpoint commits without waiting for a turn and writes two rows, where a submission writes more "
    "than ten and seals them. Group commit makes up for what protection costs, and not for more, where a flush "
    "is as fast as on this disk."
)
_LATENCY = (
    "a lone submission passes from the loop to the writer's thread and back, and prepares and commits all it "
    "has alone: its time is Python's, not the disk's."
)
_TAIL = (
    "64 posts are prepared together, and an answer waits for the batch of its own turn and the one before it. "
    "On a machine that the load shares it waits for a processor as well."
)
_ECHO = (
    "a visit is no echo: its origin, rate and pseudonym are looked at, and it is sealed and spooled. That is 40 % "
    "of it; the rest is what an echo costs any server in Python, five times what it costs one in C."
)
_START = (
    "reading the product's modules and libraries is most of it; what a site needs now and then is loaded when "
    "it is used."
)

GOALS: tuple[Goal, ...] = (
    Goal(
        "1. submissions a second, times Django on tuned SQLite, 64 clients",
        *("submissions", 40, partial(_rates, TUNED, 64)),
        why=_WORK,
    ),
    Goal(
        "1. the same, times Django's own settings",
        *("submissions", 60, partial(_rates, targets.DEFAULT, 64)),
        why=_WORK,
    ),
    Goal(
        "1. the same, times tuned SQLite, 256 clients",
        *("submissions", 50, partial(_rates, TUNED, 256)),
        why=_WORK,
    ),
    Goal(
        "2. submissions a second, times Django on PostgreSQL, 64 clients",
        *("submissions", 40, partial(_rates, targets.SERVER, 64)),
        why=_SERVER,
    ),
    Goal(
        "3. CPU of a submission, times less than Django on tuned SQLite",
        *("submissions", 45, partial(_cheaper, TUNED, 64)),
        why=_WORK,
    ),
    Goal(
        "3. CPU of a submission, times an echo in C and the bare INSERTs",
        *("limits", 2.2, partial(_of_limit, ("echo-c", "rows")), True),
        why=_WORK,
    ),
    Goal(
        "5. visits a second, times a row each by Django's own settings",
        *("visits", 110, partial(_rates, VISIT, None)),
        why=_VISIT,
    ),
    Goal(
        "5. CPU of a visit, times less", "visits", 130, partial(_cheaper, VISIT, None), why=_VISIT
    ),
    Goal(
        "6. submissions a second, times a bare endpoint that protects nothing",
        *("protection", 5.5, partial(_rates, RAW, 64)),
        why=_BARE,
    ),
    Goal(
        "7. a lone submission's median, times one fdatasync of then",
        *("submissions", 3, _waited, True),
        why=_LATENCY,
    ),
    Goal(
        "7. the slowest of a hundred among 64 clients, ms", "submissions", 20, _slowest, True, _TAIL
    ),
    Goal(
        "8. CPU of an echo in C, as a part of a visit's",
        *("limits", 0.60, partial(_cheaper, Pair("uphold-visit", "echo-c"), None)),
        why=_ECHO,
    ),
    Goal(
        "8. CPU of an echo by nginx, as a part of a visit's",
        *("limits", 0.75, partial(_cheaper, Pair("uphold-visit", "echo-nginx"), None)),
        why=_ECHO,
    ),
    Goal(
        "9. CPU of a form, times that of JSON", "protection", 1.2, partial(_dearer, FORM, 64), True
    ),
    Goal(
        "10. submissions a second on PostgreSQL, times a bare endpoint, 64 clients",
        *("protection", 7, partial(_rates, RAW_SERVER, 64)),
        why=_BARE,
    ),
    Goal(
        "10. the same, 256 clients", "protection", 10, partial(_rates, RAW_SERVER, 256), why=_BARE
    ),
    Goal("11. audit of a journal, CPU us an entry", "history", 7, _audited, True),
    Goal("11. acknowledged submissions missing after a kill", "killed", 0, _missing, True),
    Goal(
        "12. idle memory, MB",
        *("start", 30, partial(_started, "pss_mb", 1, "MB"), True),
        why=_START,
    ),
    Goal(
        "12. from its start to the first durable submission, s",
        *("start", 0.3, partial(_started, "seconds", 1, "s"), True),
        why=_START,
    ),
    Goal("12. CPU of `--help`, times `python -c pass`", "start", 3, _helped, True, _START),
)

TOLD = (
    "Set before the product was written, by a prototype that did the core of the same work with little around it; "
    "their numbers are kept. The fourth, consents beside a suite that needs three more services, is not run: a "
    "section below measures consents beside packages that can be installed here. The sixth and the tenth had "
    "another endpoint in mind for PostgreSQL, with a leaner driver than psycopg. The limit in C of the third has "
    "no cryptography in it, so it is lower than the one that was meant. The fifth's second peer, a row by a "
    "middleware, cost as much as Django's own row when both were measured, and is not run again. Where a section below "
    "names a target, that is the benchmark's own, set when the section was first measured; where a goal is about the "
    "same figure, the goal asks for more."
)


class Found(NamedTuple):
    """A goal beside what the last run of its section says."""

    goal: Goal
    measured: Measured

    @property
    def reached(self) -> bool:
        """Whether the median is as wanted."""
        return self.goal.reached(self.measured.figure)


def found(records: Mapping[str, Mapping[str, Any]]) -> list[Found]:
    """Return every goal that the kept runs can speak of."""
    told = []
    for goal in GOALS:
        record = records.get(goal.section)
        measured = goal.measure(record["rows"]) if record else None
        if measured is not None:
            told.append(Found(goal, measured))
    return told


def page(records: Mapping[str, Mapping[str, Any]]) -> str:
    """Show each goal, what was measured and beside what; below, what stands in the way of those not reached."""
    told = found(records)
    if not told:
        return ""
    lines = [
        (
            one.goal.name,
            f"{'<=' if one.goal.at_most else '>='} {markdown.number(one.goal.wanted)}",
            markdown.times(one.measured.figure),
            one.measured.ours or "-",
            one.measured.other,
            markdown.mark(reached=one.reached),
        )
        for one in told
    ]
    head = ["", "goal", "measured", "Uphold", "the other", "reached"]
    missed: dict[str, list[str]] = {}
    for one in told:
        if one.goal.why and not one.reached:
            missed.setdefault(one.goal.why, []).append(one.goal.name)
    why = [f"- **{'; '.join(names)}**: {text}\n" for text, names in missed.items()]
    return f"{TOLD}\n\n{markdown.table(head, lines)}" + ("\n" + "".join(why) if why else "")
