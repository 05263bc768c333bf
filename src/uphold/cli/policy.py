# SPDX-License-Identifier: Apache-2.0
"""`uphold init`, `uphold check` and `uphold policy import`; see `editions` for what is published."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import backup, bindings, detection, editions, findings, keys, mail, unused

if TYPE_CHECKING:
    from uphold.policy.import_ import Imported
    from uphold.policy.problem import Problem


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
    bindings.register(acts)
    editions.register(acts)
    findings.register(acts)
    unused.register(acts)


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
    from uphold.policy import capacity, check, folder, hosts
    from uphold.policy.problem import Problem

    checked = check.files(folder.read(arguments.dir))
    problems = list(checked.problems)
    warnings: list[str] = []
    try:
        settings = config.load(arguments.dir)
        warnings = [*keys.warnings(settings), *backup.warnings(settings)]
        problems += [*mail.problems(settings), *detection.problems(settings)]
        if checked.draft:
            problems += capacity.overweight(checked.draft, settings.limits.body_bytes)
            problems += hosts.unowned(checked.draft.policy, settings)
    except errors.Invalid as fault:
        problems.append(Problem(config.FILE, 0, "settings", fault.message, fault.advice))
    if arguments.json:
        listed = [_as_dict(problem) for problem in problems]
        found = findings.count(checked.draft)
        told = {"well": not problems, "problems": listed, "warnings": warnings, "findings": found}
        _print_json(told)
    else:
        for problem in problems:
            print(problem)
        print(f"{len(problems)} error(s)." if problems else "Nothing to mend.")
        for warning in warnings:
            print(f"Warning: {warning}")
        findings.tell(checked.draft, arguments.dir)
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
    editions.print_clauses(found.clauses)
