# SPDX-License-Identifier: Apache-2.0
"""`uphold init`, `uphold check` and `uphold policy import|show|publish|editions`."""

import argparse
import json
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.policy.document import Clause
    from uphold.policy.import_ import Imported
    from uphold.policy.problem import Problem

_WIDTH = 100


def register(commands: Any) -> None:
    """Add the commands of this topic."""
    init = commands.add_parser("init", help="make a site folder from a policy's text")
    init.add_argument("dir", type=Path, metavar="DIR", help="the folder to make")
    init.add_argument("--policy", type=Path, required=True, metavar="FILE", help="its text")
    init.add_argument("--profile", default="ru-152fz", help="the law: ru-152fz or eu-gdpr")
    init.set_defaults(func=run_init)
    check = commands.add_parser("check", help="tell every error in a site folder")
    check.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(func=run_check)
    topic = commands.add_parser("policy", help="import, show and publish the policy")
    acts = topic.add_subparsers(metavar="ACT", required=True)
    import_ = acts.add_parser("import", help="split a policy's text into clauses; writes nothing")
    import_.add_argument("file", type=Path, metavar="FILE", help="plain text or Markdown")
    import_.add_argument("--json", action="store_true", help="print JSON")
    import_.set_defaults(func=run_import)
    show = acts.add_parser("show", help="show the edition in force, or another")
    show.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    show.add_argument("--edition", type=int, metavar="N", help="number of the edition")
    show.add_argument("--language", default="", metavar="LANG", help="such as ru")
    show.add_argument("--json", action="store_true", help="print JSON")
    show.set_defaults(func=run_show)
    publish = acts.add_parser("publish", help="publish the folder's policy as the next edition")
    publish.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    publish.add_argument("--effective", metavar="TIME", help="when it comes into force, if later")
    publish.add_argument("--json", action="store_true", help="print JSON")
    publish.set_defaults(func=run_publish)
    editions = acts.add_parser("editions", help="list every edition")
    editions.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    editions.add_argument("--json", action="store_true", help="print JSON")
    editions.set_defaults(func=run_editions)


def run_init(arguments: argparse.Namespace) -> int:
    """Make a site folder, show what was found, and say what to do next."""
    from uphold.policy import check, folder, scaffold

    made = scaffold.make(folder.source(arguments.policy), arguments.profile)
    folder.write(arguments.dir, made.files)
    _print_import(made.imported)
    print()
    for name in made.files:
        print(f"wrote {arguments.dir / name}")
    problems = check.files(folder.read(arguments.dir)).problems
    loose = sum(problem.code == "clause-unbound" for problem in problems)
    print(
        f"\nThe text leaves {len(problems) - loose} thing(s) open; "
        "each is an empty value with a comment above it."
    )
    print(f"{loose} clause(s) still need to be told what keeps them.")
    print(f"Bind them, one by one:    uphold policy suggest {arguments.dir} --ask")
    print(f"Complete the rest, until: uphold check {arguments.dir}")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Tell every error with file, line and a way out. Exit 1 if there is any."""
    from uphold import config, errors
    from uphold.policy import capacity, check, folder
    from uphold.policy.problem import Problem

    checked = check.files(folder.read(arguments.dir))
    problems = list(checked.problems)
    try:
        settings = config.load(arguments.dir)
        if checked.draft:
            problems += capacity.overweight(checked.draft, settings.limits.body_bytes)
    except errors.Invalid as fault:
        problems.append(Problem(config.FILE, 0, "settings", fault.message, fault.advice))
    if arguments.json:
        _print_json({"well": not problems, "problems": [_as_dict(p) for p in problems]})
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} error(s)." if problems else "Nothing to mend.")
    return 1 if problems else 0


def run_import(arguments: argparse.Namespace) -> int:
    """Show how a policy's text is understood."""
    from uphold.policy import folder, import_

    found = import_.split(import_.decode(folder.source(arguments.file)))
    if arguments.json:
        dated = found.date
        _print_json(
            {
                "title": found.title,
                "domain": found.domain,
                "place": dated.place if dated else "",
                "adopted": dated.adopted.isoformat() if dated and dated.adopted else None,
                "amended": [day.isoformat() for day in dated.amended] if dated else [],
                "clauses": [{"id": clause.id, "text": clause.text} for clause in found.clauses],
            }
        )
    else:
        _print_import(found)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Show one edition with its clauses."""
    from uphold import errors

    now = int(datetime.now(UTC).timestamp() * 1000)
    editions = _editions(arguments.dir)
    if arguments.edition is None:
        chosen = next((e for e in editions if e.effective_at <= now), None)
    else:
        chosen = next((e for e in editions if e.number == arguments.edition), None)
    if chosen is None:
        raise errors.Missing(
            "There is no such edition.", f"See them all: uphold policy editions {arguments.dir}"
        )
    language = arguments.language or chosen.policy.language
    if language not in chosen.texts:
        raise errors.Missing(
            f"Edition {chosen.number} has no text in {language!r}.",
            f"It has: {', '.join(chosen.texts)}.",
        )
    clauses = chosen.texts[language]
    if arguments.json:
        listed = [{"id": clause.id, "text": clause.text} for clause in clauses]
        _print_json({**_facts(chosen), "language": language, "clauses": listed})
        return 0
    print(_line(chosen, now))
    _print_clauses(clauses)
    return 0


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish the folder's policy. The first time this also makes the keys, the database, the journal."""
    from uphold import app, config
    from uphold.policy import folder, publish

    effective = _moment(arguments.effective)
    archive = publish.prepare(folder.read(arguments.dir))
    app.create_storage(config.load(arguments.dir))
    with app.opened(arguments.dir) as site:
        edition = site.writer.run(lambda tx: publish.publish(tx, archive, effective))
    if arguments.json:
        _print_json(_facts(edition))
        return 0
    print(f"Published edition {edition.number}, in force from {_time(edition.effective_at)}.")
    print(f"Digest {edition.digest}")
    return 0


def run_editions(arguments: argparse.Namespace) -> int:
    """List every edition, newest first."""
    now = int(datetime.now(UTC).timestamp() * 1000)
    editions = _editions(arguments.dir)
    if arguments.json:
        _print_json([_facts(edition) for edition in editions])
        return 0
    for edition in editions:
        print(_line(edition, now))
    if not editions:
        print(f"None is published yet. Publish one: uphold policy publish {arguments.dir}")
    return 0


def _editions(directory: Path) -> Sequence[Any]:
    from uphold import app
    from uphold.policy import publish

    with app.reading(directory) as connection:
        return publish.all(connection)


def _moment(text: str | None) -> int | None:
    """A time as unix milliseconds; one without a zone is in this machine's."""
    from uphold import errors

    if text is None:
        return None
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise errors.Invalid(f"{text!r} is no time.", "Write 2027-01-31T09:00+03:00.") from None


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _facts(edition: Any) -> dict[str, Any]:
    from uphold.policy import page

    updated = page.updated_on(edition)
    return {
        "number": edition.number,
        "digest": edition.digest,
        "published_at": edition.published_at,
        "effective_at": edition.effective_at,
        "updated_on": updated.isoformat() if updated else None,
    }


def _line(edition: Any, now: int) -> str:
    facts = _facts(edition)
    coming = " (not yet in force)" if edition.effective_at > now else ""
    return (
        f"edition {edition.number}  updated {facts['updated_on']}  "
        f"published {_time(edition.published_at)}  "
        f"in force from {_time(edition.effective_at)}{coming}  {edition.digest}"
    )


def _as_dict(problem: "Problem") -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "code": problem.code,
        "message": problem.message,
        "advice": problem.advice,
    }


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _print_import(found: "Imported") -> None:
    print(f"title    {found.title or '(none found)'}")
    print(f"domain   {found.domain or '(none found)'}")
    if found.date:
        days = [*([found.date.adopted] if found.date.adopted else []), *found.date.amended]
        dates = ", ".join(day.isoformat() for day in days)
        print(f"dated    {dates}{f', {found.date.place}' if found.date.place else ''}")
    else:
        print("dated    (no date line found)")
    print(f"clauses  {len(found.clauses)}\n")
    _print_clauses(found.clauses)


def _print_clauses(clauses: Sequence["Clause"]) -> None:
    from uphold.policy import import_

    for clause in clauses:
        text = " ".join(import_.printed(clause)[1].split())
        indent = clause.id.count(".") * 2 if clause.id[0].isdigit() else 0
        lead = f"{' ' * indent}{clause.id:<{12 - indent}} "
        shown = textwrap.shorten(text, _WIDTH - len(lead), placeholder=" ...")
        print(f"{lead}{shown}")
