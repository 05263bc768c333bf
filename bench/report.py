# SPDX-License-Identifier: Apache-2.0
"""The figures as a Markdown page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench import medians, targets
from bench.medians import Spread
from bench.targets import TITLES, Outcome, Rows

HEAD = """# Benchmarks

Written by `make bench`. Every figure is the median over the rounds of one run in which all variants
were interleaved in random order on the same machine; a ratio is taken within each round, and its
median is shown with the smallest and the largest. "CPU" is user and system time of the server's whole
process tree, PostgreSQL included, per successful request.

Uphold's submission is everything it does in production: validation, the signed token, a consent with
its wording, parts sealed under keys of their own, journal entries, a signed head, one durable commit,
and only then 201. Django's is a `forms.Form`, two `INSERT`s in one `atomic()`, plain text, no journal.
Any answer but 201 fails the run, and after each load the rows stored are compared with the requests
acknowledged. Clients and servers share the processors.
"""


def render(results: Mapping[str, Any]) -> str:
    """Return the whole page for the results of one run; sections that were not run are left out."""
    submissions: Rows = results.get("submissions", [])
    appends: Rows = results.get("appends", [])
    parts = [HEAD, machine(results["machine"], results["plan"])]
    outcomes = targets.outcomes(submissions, appends)
    if outcomes:
        parts.append(goals(outcomes))
    if submissions:
        parts += [throughput(submissions), ratios(submissions), baselines()]
    if appends:
        parts.append(journal(appends))
    if results.get("history"):
        parts.append(history(results["history"]))
    if results.get("erasures"):
        parts.append(erasures(results["erasures"]))
    if results.get("visits"):
        parts.append(visits(results["visits"]))
    if results.get("figures"):
        parts.append(figures(results["figures"]))
    if results.get("noise"):
        parts.append(noise(results["noise"]))
    if results.get("rules"):
        parts.append(rules(results["rules"]))
    return "\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; every column but the first is aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def number(value: float) -> str:
    """Return a figure with three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(spread: Spread) -> str:
    """Return a ratio such as `31.2 [28.0-35.1]`."""
    return f"{number(spread.median)} [{number(spread.low)}-{number(spread.high)}]"


def machine(about: Mapping[str, str], plan: Mapping[str, Any]) -> str:
    """Say when, on what and how long it was measured."""
    rows = [*about.items(), ("rounds", str(plan["rounds"])), ("seconds per load", plan["seconds"])]
    return "## Machine\n\n" + table(["", ""], [(key, str(value)) for key, value in rows])


def goals(outcomes: Iterable[Outcome]) -> str:
    """Show each target beside what was measured."""
    rows = []
    for outcome in outcomes:
        clients, pair = outcome.target.clients, outcome.target.pair
        wanted = f">= {number(outcome.wanted)}"
        if outcome.target.wanted is None:
            wanted += " (as at 64)"
        rows.append(
            (
                f"{TITLES[pair.over]} / {TITLES[pair.under]}",
                str(clients) if clients else "-",
                wanted,
                times(outcome.measured),
                "yes" if outcome.reached else "**no**",
            )
        )
    head = ["records per second, ratio", "clients", "target", "measured", "reached"]
    return "## Targets\n\n" + table(head, rows)


def throughput(rows: Rows) -> str:
    """Show every variant at every concurrency."""
    shown = ["## Durable submissions over HTTP\n"]
    for clients in sorted({int(row["connections"]) for row in rows}):
        lines = []
        for variant in (name for name in TITLES if targets.values(rows, name, clients, "round")):
            figures = {
                field: medians.spread(targets.values(rows, variant, clients, field))
                for field in ("per_second", "cpu_us", "p50_ms", "p99_ms", "pss_mb", "generator_us")
            }
            lines.append([TITLES[variant], *(number(one.median) for one in figures.values())])
        head = ["", "per second", "CPU us", "p50 ms", "p99 ms", "memory MB", "wrk's CPU us"]
        shown.append(f"### {clients} client{'s' * (clients > 1)}\n\n" + table(head, lines))
    return "\n".join(shown)


def ratios(rows: Rows) -> str:
    """Show how many times faster and how much cheaper Uphold is."""
    lines = []
    for clients in sorted({int(row["connections"]) for row in rows}):
        for pair in targets.PAIRS:
            faster = targets.ratio(rows, pair, clients)
            used = targets.ratio(rows, targets.Pair(pair.under, pair.over), clients, "cpu_us")
            if faster and used:
                names = f"{TITLES[pair.over]} / {TITLES[pair.under]}"
                lines.append((names, str(clients), times(faster), times(used)))
    if not lines:
        return ""
    return "### Ratios\n\n" + table(["", "clients", "times as many", "times less CPU"], lines)


def baselines() -> str:
    """Say what the plain sites are."""
    return (
        "The plain sites run the same interpreter under gunicorn. SQLite: three sync workers; "
        "*default* is Django's own settings, *tuned* is WAL, `synchronous=FULL` and `BEGIN "
        "IMMEDIATE`, *kept* adds persistent connections. PostgreSQL: two gthread workers of eight "
        "threads, persistent connections, `synchronous_commit=on`. Memory is the proportional set "
        "size of the tree, PostgreSQL included.\n"
    )


def journal(rows: Rows) -> str:
    """Show appends beside the disk and beside the naive way."""
    lines = []
    for variant in (name for name in TITLES if targets.values(rows, name, None, "round")):
        rate = medians.spread(targets.values(rows, variant, None, "per_second"))
        used = medians.spread(targets.values(rows, variant, None, "cpu_us"))
        naive = targets.ratio(rows, targets.Pair(variant, "naive"), None)
        raw = targets.ratio(rows, targets.Pair(variant, "raw"), None)
        lines.append(
            (
                TITLES[variant],
                number(rate.median),
                number(used.median),
                times(naive) if naive else "-",
                times(raw) if raw else "-",
            )
        )
    head = ["", "records per second", "CPU us", "times naive", "times raw"]
    return "## Appends to the bare journal\n\n" + table(head, lines)


def history(figures: Mapping[str, float]) -> str:
    """Show what a long journal costs to check."""
    lines = [(name, number(value)) for name, value in figures.items()]
    return "## A long journal\n\n" + table(["", ""], lines)


def erasures(rows: Rows) -> str:
    """Show that erasing a person takes as long however many others there are."""
    sizes = sorted({int(row["submissions"]) for row in rows})
    ratios = dict(targets.erasures(rows))
    lines = []
    for field, name in targets.ERASING.items():
        figures = [medians.spread(targets.erased(rows, size, field)) for size in sizes]
        many = ratios.get(name)
        reached = "yes" if many and many.median <= targets.ERASURE else "**no**"
        shown = [number(one.median) for one in figures]
        lines.append((name, *shown, times(many) if many else "-", reached))
    wanted = f"<= {number(targets.ERASURE)}"
    rounds = len({row["round"] for row in rows})
    loads = times(medians.spread([float(row["load"]) for row in rows]))
    head = ["", *(f"among {size:,}".replace(",", " ") for size in sizes), "times", wanted]
    return (
        "## Erasing one person\n\n"
        "A person who wrote three times is found by their address and erased: all parts in one durable transaction "
        "with its acts and journal entries, then what was deleted is overwritten and the acts are closed. Sites of "
        "both sizes take turns. The others' rows are copies of one submission's under other numbers and index "
        f"values, and the journal has an entry for each; SQLite, {rounds} rounds, load average {loads}.\n\n"
        + table(head, lines)
    )


def figures(rows: Rows) -> str:
    """Show what closing days takes and leaves, and how long each table takes over few and many visits."""
    rows = sorted(rows, key=lambda row: int(row["visits"]))
    head = ["", *(f"{_whole(row['visits'])} visits" for row in rows)]
    lines = [
        ["closing the days, us per event", *(number(row["closing_us"]) for row in rows)],
        ["closing, memory, MB", *(number(row["closing_mb"]) for row in rows)],
        ["on disk, MB", *(number(row["disk_mb"]) for row in rows)],
        *(
            [f"{name}, ms", *(_milliseconds(row["seconds"][name]) for row in rows)]
            for name in rows[0]["seconds"]
        ),
        ["counting, memory, MB", *(number(row["mb"]) for row in rows)],
        ["load average", *(number(row["load"]) for row in rows)],
    ]
    reached = {True: "yes", False: "**no**"}
    told = "".join(
        f"Over {_whole(one.visits)} visits <= {targets.COUNTING_S:.0f} s and <= {targets.COUNTING_MB:.0f} MB: "
        f"{reached[one.reached]}, the slowest is {one.table} with {one.seconds:.2f} s.\n\n"
        for one in targets.figures(rows)
        if one.reached is not None
    )
    return (
        "## Figures of visits\n\n"
        "Made-up visits of 56 days are closed as a site closes its days, then each table of the recipe is counted over "
        "all of them at once, *bounded* being the counts that noise is added to. DuckDB on two threads; the memory is "
        "the largest of the process, interpreter included. Nobody waits for these: pages show what was released.\n\n"
        + told
        + table(head, lines)
    )


WAYS = {
    "command": "`uphold statistics query`, as typed",
    "cold": "a process that has only what counts and draws, from its start",
    "answer": "within a process: counted, bounded, drawn, paid, durable",
    "bounded": "from bounded counts: drawn, paid, durable",
    "again": "asked before: stored",
    "context": "OpenDP's own front end, from the rows on",
}


def noise(rows: Rows) -> str:
    """Show how long a noisy figure takes, by where it begins."""
    lines = []
    for way, title in WAYS.items():
        its = [row for row in rows if row["way"] == way]
        if its:
            wall, cpu = (
                times(medians.spread([row[name] * 1000 for row in its]))
                for name in ("seconds", "cpu")
            )
            within = f"<= {targets.NOISE_S[way] * 1000:.0f}" if way in targets.NOISE_S else "-"
            lines.append((title, wall, cpu, within))
    visited = _whole(max(int(row["visits"]) for row in rows))
    return (
        "## Noisy figures\n\n"
        f"Visitors of each page over the {visited} made-up visits of a month, each visitor's day on at most five "
        "pages, behind a threshold. Visits were closed before, which is where the pages of each visitor are put into a "
        "random order (see above for what that takes); OpenDP's own front end does that in the query, on as many "
        "rows.\n\n" + table(["", "ms", "CPU ms", "target, ms"], lines)
    )


def _milliseconds(taken: Mapping[str, float]) -> str:
    return times(Spread(*(taken[name] * 1000 for name in ("median", "low", "high"))))


def _whole(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def rules(rows: Rows) -> str:
    """Show what an event and a rule cost, beside Sigma's reference implementation on the same events."""
    events, count = int(rows[0]["events"]), int(rows[0]["rules"])
    ours = medians.spread([float(row["cpu_s"]) for row in rows if row["way"] == "ours"])
    lines = []
    for way, title in (
        ("ours", "Uphold, event by event"),
        ("reference", "pySigma's SQLite backend, all events at once"),
    ):
        taken = medians.spread([float(row["cpu_s"]) for row in rows if row["way"] == way])
        lines.append(
            [
                title,
                number(taken.median),
                number(taken.median / events * 1e6),
                number(taken.median / events / count * 1e6),
                number(taken.median / ours.median),
            ]
        )
    return (
        "## Events through the rules\n\n"
        f"{_whole(events)} made-up events of forty members of staff go through the {count} rules of the package, of "
        f"which {rows[0]['alerting']} raise alerts: each event through all rules as a site does it, and each rule as "
        "the SQL that Sigma's own reference implementation makes of it, correlations by their prepared plans. Reading "
        "and storing the events is in neither. A site pays the first once for each event; the second it would pay "
        "for all events at each look.\n\n"
        + table(["", "CPU s", "us an event", "us an event and rule", "times ours"], lines)
    )


def visits(rows: Rows) -> str:
    """Show what a beacon takes beside a row per visit."""
    ratios = dict(targets.visits(rows))
    lines = []
    for name, title in targets.VISITORS.items():
        if not targets.values(rows, name, None, "round"):
            continue
        fields = ("per_second", "cpu_us", "p50_ms", "p99_ms", "lag_s")
        spreads = (medians.spread(targets.values(rows, name, None, field)) for field in fields)
        times_ = times(ratios[name]) if name in ratios else "-"
        lines.append((title, *(number(one.median) for one in spreads), times_))
    head = ["", "per second", "CPU us", "p50 ms", "p99 ms", "on disk after s", "times as many"]
    default = ratios.get("django-sqlite-default")
    reached = "yes" if default and default.median >= targets.VISITED else "**no**"
    late = targets.lag(rows)
    durable = "yes" if late.high <= targets.DURABLE_SECONDS else "**no**"
    return (
        "## Visits over HTTP\n\n"
        "A page says that it was looked at, from 64 kept-alive clients. Django stores one row in plain text and "
        "answers 202. Uphold answers 202 at once; what came is sealed, journaled and committed, and without what names "
        "anybody appended to the files of statistics, at most half a second later. A visit counts as stored when it is "
        "in both, and a run where one is missing fails. CPU includes what is done after the answer.\n\n"
        + table(head, lines)
        + f"\nTarget: >= {number(targets.VISITED)} times Django's own settings, reached: {reached}. On disk within "
        f"{number(targets.DURABLE_SECONDS)} s of the last answer, at worst {number(late.high)} s: {durable}.\n"
    )
