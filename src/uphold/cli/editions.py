# SPDX-License-Identifier: Apache-2.0
"""`uphold policy show|diff|publish|editions|ask`: what is published, what would be, and who is asked anew."""

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uphold.cli import findings

if TYPE_CHECKING:
    from uphold.app import App
    from uphold.policy.approval import Approval
    from uphold.policy.document import Clause, Edition
    from uphold.policy.release import Release

_WIDTH = 100


def register(acts: Any) -> None:
    """Add the acts of this topic to `uphold policy`."""
    show = _act(acts, "show", "show the edition in force, or another", run_show)
    show.add_argument("--edition", type=int, metavar="N", help="number of the edition")
    show.add_argument("--language", default="", metavar="LANG", help="such as ru")
    diff = _act(
        acts, "diff", "say what two versions differ in, and what that brings about", run_diff
    )
    diff.add_argument("old", nargs="?", default="", metavar="A", help="an edition, or draft")
    diff.add_argument("new", nargs="?", default="draft", metavar="B", help="an edition, or draft")
    publish = _act(acts, "publish", "publish the folder's policy as the next edition", run_publish)
    publish.add_argument("--effective", metavar="TIME", help="when it comes into force, if later")
    publish.add_argument("--reason", default="", metavar="TEXT", help="why it is published")
    publish.add_argument("--by", default="", metavar="LOGIN", help="who approves it")
    publish.add_argument("--yes", action="store_true", help="ask no question at a terminal")
    _act(acts, "editions", "list every edition", run_editions)
    ask = _act(acts, "ask", "ask by mail those whose consent an edition goes beyond", run_ask)
    ask.add_argument("--edition", type=int, metavar="N", required=True, help="the one in force")
    ask.add_argument(
        "--by", default="", metavar="LOGIN", help="in whose name, if there are several owners"
    )
    ask.add_argument(
        "--purpose", default="", metavar="ID", help="the purpose that letters are sent for"
    )
    ask.add_argument("--dry-run", action="store_true", help="count, and ask nobody")


def _act(acts: Any, name: str, help_: str, run: Any) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = acts.add_parser(name, help=help_)
    made.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    made.add_argument("--json", action="store_true", help="print JSON")
    made.set_defaults(func=run)
    return made


def run_show(arguments: argparse.Namespace) -> int:
    """Show one edition with its clauses."""
    from uphold import errors

    editions, current, since = _published(arguments.dir)
    wanted = current if arguments.edition is None else arguments.edition
    chosen = next((e for e in editions if e.number == wanted), None)
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
        facts = _facts(chosen, current, since)
        _print_json({**facts, "language": language, "clauses": listed})
        return 0
    print(_line(chosen, current, since))
    print_clauses(clauses)
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Say what two versions differ in, word by word, and what the newer one would bring about."""
    from uphold import app
    from uphold.cli import difference
    from uphold.policy import compare
    from uphold.retention import impact

    editions, current, _ = _published(arguments.dir)
    known = {edition.number: edition for edition in editions}
    old = _version(arguments, arguments.old or str(current or ""), known)
    new = _version(arguments, arguments.new, known)
    found = compare.compare(old, new)
    brings = None
    if 0 < old.number < new.number:
        with app.reading(arguments.dir) as connection:
            brings = impact.of(connection, known.__getitem__, found, old, new)
    told = difference.Told(old, new, found, brings)
    if arguments.json:
        _print_json(difference.as_dict(told))
    else:
        difference.show(told, colours=difference.may_colour())
    return 0


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish the folder's policy. The first time this also makes the keys, the database, the journal.

    Before a later one, what it changes and brings about is printed; at a terminal, a question follows.
    """
    from uphold import app, config
    from uphold.policy import folder, publish, release

    effective = _moment(arguments.effective)
    files = folder.read(arguments.dir)
    # Refused for a fault before anything is made.
    release.draft(files, 1)
    app.create_storage(config.load(arguments.dir))
    with app.opened(arguments.dir) as site:
        every = site.shelf.all()
        made = release.prepare(files, every[0] if every else None, site.shelf.in_force_or_none())
        approved = _approval(site, arguments)
        if not arguments.json and not _confirmed(site, made, ask=not arguments.yes):
            print("Nothing was published.")
            return 1
        edition = site.writer.run(
            lambda tx: publish.publish(
                tx, made.archive, effective, expected=made.digest, approved=approved
            )
        )
        site.shelf.look()
        in_force = site.shelf.in_force_or_none()
        since = site.shelf.since(edition.number)
    if arguments.json:
        _print_json(_facts(edition, in_force.number if in_force else None, {edition.number: since}))
        return 0
    print(f"Published edition {edition.number}, in force from {_time(edition.effective_at)}.")
    print(f"Digest {edition.digest}")
    findings.tell(edition, arguments.dir)
    return 0


def run_editions(arguments: argparse.Namespace) -> int:
    """List every edition, newest first."""
    editions, current, since = _published(arguments.dir)
    if arguments.json:
        _print_json([_facts(edition, current, since) for edition in editions])
        return 0
    for edition in editions:
        print(_line(edition, current, since))
    if not editions:
        print(f"None is published yet. Publish one: uphold policy publish {arguments.dir}")
    return 0


def run_ask(arguments: argparse.Namespace) -> int:
    """Ask by mail, once, everybody whose consent the edition in force goes beyond."""
    from uphold import app
    from uphold.enquiry import ask

    with app.opened(arguments.dir) as site:
        asking = ask.Ask(
            writer=site.writer,
            database=site.database,
            ring=site.ring,
            editions=site.shelf.edition,
            current=site.shelf.in_force(),
            address=site.settings.site.address,
            purpose=arguments.purpose,
        )
        asking.require(arguments.edition)
        actor = None if arguments.dry_run else ask.actor(site.database, arguments.by)
        tally = asking.run(actor) if actor else asking.count()
    if arguments.json:
        _print_json({"edition": arguments.edition, "dry_run": arguments.dry_run, **tally.told()})
        return 0
    verb = "would be asked" if arguments.dry_run else "were asked"
    print(f"{tally.asked} {verb} by mail, {tally.before} had been asked before.")
    print(
        f"{tally.unreachable} can be asked on their receipt's page only: no address, or no consent to write."
    )
    if tally.refused:
        print(f"{tally.refused} were passed over: the gate refused, and the journal says why.")
    return 0


def print_clauses(clauses: Sequence["Clause"]) -> None:
    """Print each clause on one line, cut where the line ends."""
    from uphold.policy import import_

    for clause in clauses:
        text = " ".join(import_.printed(clause)[1].split())
        indent = clause.id.count(".") * 2 if clause.id[0].isdigit() else 0
        lead = f"{' ' * indent}{clause.id:<{12 - indent}} "
        shown = textwrap.shorten(text, _WIDTH - len(lead), placeholder=" ...")
        print(f"{lead}{shown}")


def _published(directory: Path) -> tuple[Sequence["Edition"], int | None, dict[int, int]]:
    """Every edition, newest first; the number of the one in force; since when each is or was."""
    from uphold import app
    from uphold.policy import force, publish

    now = int(datetime.now(UTC).timestamp() * 1000)
    with app.reading(directory) as connection:
        editions, since = publish.all(connection), force.since(connection)
    current = force.standing(editions, since, now)
    return editions, current.number if current else None, since


def _version(arguments: argparse.Namespace, name: str, known: dict[int, "Edition"]) -> "Edition":
    """The edition with this number, or the folder as the edition that it would be."""
    from uphold import errors
    from uphold.policy import folder, release

    if name == "draft":
        return release.draft(folder.read(arguments.dir), max(known, default=0) + 1).edition
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 10 else 0
    if number not in known:
        raise errors.Missing(
            f"There is no edition {name or 'in force'}.",
            f"Name an edition or draft; see uphold policy editions {arguments.dir}",
        )
    return known[number]


def _approval(site: "App", arguments: argparse.Namespace) -> "Approval | None":
    from uphold import errors
    from uphold.access import permission, staff
    from uphold.access.permission import Permission
    from uphold.policy import approval

    if not arguments.reason and not arguments.by:
        return None
    reason = approval.check(arguments.reason)
    if not arguments.by:
        return approval.Approval(staff.COMMAND_LINE, reason)
    login = staff.normalise(arguments.by)
    with site.database.read() as connection:
        found = next((one for one in staff.accounts(connection) if one.login == login), None)
        who = staff.actor(connection, found.number) if found else None
    if who is None or not permission.holds(who.role, Permission.POLICY_PUBLISH):
        raise errors.Invalid(
            f"{login} is nobody who may publish.", "Name an owner whose account is active."
        )
    return approval.Approval(who.staff, reason)


def _confirmed(site: "App", made: "Release", *, ask: bool) -> bool:
    """Print what the edition changes and brings about; ask, where somebody sits at a terminal."""
    from uphold.cli import difference
    from uphold.retention import impact

    current = site.shelf.in_force_or_none()
    if made.comparison is None or current is None:
        return True
    with site.database.read() as connection:
        brings = impact.of(connection, site.shelf.edition, made.comparison, current, made.edition)
    told = difference.Told(current, made.edition, made.comparison, brings)
    difference.show(told, colours=difference.may_colour(), texts=False)
    if not ask or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    return input("Publish it? [y/N] ").strip().lower() in {"y", "yes"}


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


def _facts(edition: "Edition", current: int | None, since: dict[int, int]) -> dict[str, Any]:
    from uphold.policy import force, page

    updated = page.updated_on(edition)
    return {
        "number": edition.number,
        "state": force.state(edition.number, current),
        "digest": edition.digest,
        "published_at": edition.published_at,
        "effective_at": edition.effective_at,
        "in_force_since": since.get(edition.number) or None,
        "updated_on": updated.isoformat() if updated else None,
    }


def _line(edition: "Edition", current: int | None, since: dict[int, int]) -> str:
    from uphold.policy.force import State

    facts = _facts(edition, current, since)
    entered = since.get(edition.number, edition.effective_at)
    stands = {
        State.PUBLISHED: f"published, in force from {_time(edition.effective_at)}",
        State.IN_FORCE: f"in force since {_time(entered)}",
        State.SUPERSEDED: "superseded",
    }
    return (
        f"edition {edition.number}  {stands[facts['state']]}  updated {facts['updated_on']}  "
        f"published {_time(edition.published_at)}  {edition.digest}"
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
