# SPDX-License-Identifier: Apache-2.0
"""`uphold threats DIR`: what threatens the site, judged now; `accept` and `attest`: what people answer for."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import dates, numbers, staff

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.threats.register import Looked
    from uphold.threats.report import Report

_USAGE = """uphold threats DIR [--json | --markdown] [--since N] [--all] [--check]
       uphold threats accept DIR UID --by LOGIN --why TEXT --until DATE
       uphold threats attest DIR DUTY --by LOGIN [--until DATE]"""
_ADVICE = "See: uphold threats --help"
_GRAVE = 4


_NAMED = {"accept": "UID", "attest": "DUTY"}


def register(commands: Any) -> None:
    """Add the command of this topic."""
    command = commands.add_parser(
        "threats", help="tell what threatens the site and what holds it off", usage=_USAGE
    )
    command.add_argument(
        "words",
        nargs="+",
        metavar="DIR",
        help="the site folder; `accept` before it accepts the open threat UID,"
        " `attest` says that people did DUTY",
    )
    shape = command.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print everything as JSON")
    shape.add_argument(
        "--markdown", action="store_true", help="print a document in the columns of the FSTEC"
    )
    command.add_argument(
        "--language", choices=("en", "ru"), help="of the document; else that of the policy"
    )
    command.add_argument(
        "--since",
        type=numbers.stored,
        metavar="N",
        help="only what changed after entry N of the journal",
    )
    command.add_argument("--all", action="store_true", help="leave nothing out of the table")
    command.add_argument(
        "--check", action="store_true", help="exit 1 if a threat of severity 4 or 5 is open"
    )
    command.add_argument("--by", metavar="LOGIN", help="who accepts or attests")
    command.add_argument("--why", metavar="TEXT", help="why the threat is accepted")
    command.add_argument(
        "--until", type=dates.end, metavar="DATE", help="until the end of this day, 2030-12-31"
    )
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Do what the words say; a folder called `accept` is given as ./accept."""
    from uphold import errors

    act, *more = arguments.words
    if act in ("accept", "attest"):
        if len(more) != 2 or not arguments.by:
            raise errors.Invalid(
                f"`uphold threats {act}` needs DIR, {_NAMED[act]} and --by LOGIN.", _ADVICE
            )
        return _accept(arguments, *more) if act == "accept" else _attest(arguments, *more)
    if more:
        raise errors.Invalid(
            f"`uphold threats` takes one folder, and was given {len(more) + 1} words.", _ADVICE
        )
    if arguments.language and not arguments.markdown:
        raise errors.Invalid("--language is that of the document: add --markdown.", _ADVICE)
    return _show(arguments, Path(act))


def _show(arguments: argparse.Namespace, folder: Path) -> int:
    """Look at the site, keep what changed, and tell. Exit 1 if that is asked for and a grave threat is open."""
    from uphold import app
    from uphold.threats.judge import State

    with app.opened(folder) as site:
        looked, report = _looked(site, -1 if arguments.since is None else arguments.since)
        _tell(arguments, site, looked, report)
    grave = any(one.state is State.OPEN and one.severity >= _GRAVE for one in report.findings)
    return 1 if arguments.check and grave else 0


def _looked(site: "App", since: int) -> "tuple[Looked, Report]":
    import time

    from uphold.assurance import threatened

    now = time.time_ns() // 1_000_000
    known, verifier = site.modelled(), site.log.verifier
    looked = threatened.look(site.database, site.writer, known, verifier, now)
    with site.database.read() as connection:
        return looked, threatened.report(connection, known, verifier, now, since)


def _tell(arguments: argparse.Namespace, site: "App", looked: "Looked", report: "Report") -> None:
    if arguments.json:
        from uphold.threats import report as reports

        sys.stdout.write(reports.as_json(report).decode())
    elif arguments.markdown:
        from uphold.threats import markdown

        policy = None if report.edition is None else report.edition.policy
        language = arguments.language or ("en" if policy is None else policy.language)
        print(markdown.write(report, language))
    else:
        from uphold.cli import threats_table

        threats_table.show(
            site.settings.site.address,
            report,
            looked,
            since=arguments.since,
            everything=arguments.all,
        )


def _accept(arguments: argparse.Namespace, folder: str, uid: str) -> int:
    """Accept an open threat under the name of a member of staff who may."""
    from uphold import app, errors
    from uphold.access.permission import Permission
    from uphold.threats import acceptance

    if not arguments.why or arguments.until is None:
        raise errors.Invalid("To accept a threat, say --why and --until.", _ADVICE)
    with app.opened(Path(folder)) as site:
        number = staff.entitled(site, arguments.by, Permission.THREAT_ACCEPT)
        site.writer.run(
            lambda tx: acceptance.accept(tx, uid, number, arguments.why, arguments.until)
        )
    print(f"{uid} is accepted by {arguments.by} until {_said(arguments.until)}.")
    return 0


def _attest(arguments: argparse.Namespace, folder: str, duty: str) -> int:
    """Attest what only people can do under the name of a member of staff who may."""
    from uphold import app
    from uphold.access.permission import Permission
    from uphold.threats import attestation, measure

    # The table names what is not shown by its measure.
    named = measure.catalogue().get(duty)
    duty = named.duty if named and named.duty else duty
    with app.opened(Path(folder)) as site:
        number = staff.entitled(site, arguments.by, Permission.DUTY_ATTEST)
        until = site.writer.run(lambda tx: attestation.attest(tx, duty, number, arguments.until))
    print(f"{duty} is attested by {arguments.by} until {_said(until)}.")
    return 0


def _said(at: int) -> str:
    from uphold.assurance import report

    return report.instant(at) or ""
