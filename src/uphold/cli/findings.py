# SPDX-License-Identifier: Apache-2.0
"""`uphold policy findings`: what a policy's text gets wrong, clause by clause."""

import argparse
import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.policy.document import Draft, Edition, Text
    from uphold.policy.findings import Finding

_WIDTH = 100
_INDENT = " " * 11
_QUOTE = 400


def register(acts: Any) -> None:
    """Add the command to those of `uphold policy`."""
    command = acts.add_parser("findings", help="tell what a policy's text gets wrong")
    command.add_argument("source", type=Path, metavar="SOURCE", help="a site folder, or a text")
    command.add_argument("--on", metavar="DATE", help="by the rules of another day than today")
    command.add_argument(
        "--profile", metavar="PROFILE", help="the law of a text: ru-152fz, eu-gdpr"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(func=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell every finding with its clause, the sentence, why, and a way out. Exit 1 if there is any."""
    on = _day(arguments.on)
    profile, found = _found(arguments.source, arguments.profile, on)
    if arguments.json:
        listed = [as_dict(finding) for finding in found]
        print(json.dumps({"profile": profile, "on": on.isoformat(), "findings": listed},
                         ensure_ascii=False, indent=2))  # fmt: skip
    else:
        for finding in found:
            print("\n".join(_lines(finding)) + "\n")
        print(_sum(found, profile, on))
    return 1 if found else 0


def count(draft: "Draft | Edition | None") -> int:
    """How many findings the texts have today; they are no errors, and keep nobody from publishing."""
    from uphold.policy import findings

    return len(findings.of(draft.policy, draft.texts, _day(None))) if draft else 0


def tell(draft: "Draft | Edition | None", directory: Path) -> None:
    """Say in a line that there are findings, if there are any."""
    found = count(draft)
    if found:
        print(f"The text has {found} finding(s): uphold policy findings {directory}")


def as_dict(finding: "Finding") -> dict[str, Any]:
    """A finding for programs."""
    return {**asdict(finding), "valid_from": finding.valid_from.isoformat()}


def _found(source: Path, profile: str | None, on: date) -> tuple[str, Sequence["Finding"]]:
    from uphold import errors
    from uphold.policy import check, findings, folder, import_, markdown, scaffold
    from uphold.policy.document import PROFILES

    if profile and profile not in PROFILES:
        raise errors.Invalid(f"There is no profile {profile!r}.", f"Use: {', '.join(PROFILES)}.")
    if source.is_dir():
        draft = check.files(folder.read(source)).draft
        if draft is None:
            raise errors.Invalid(
                "policy/policy.toml cannot be read.", f"Run: uphold check {source}"
            )
        laws = [name for name in draft.policy.laws if name]
        law = profile or ("" if laws else PROFILES[0])
        return law or ", ".join(laws), findings.of(draft.policy, draft.texts, on, law)
    text = import_.decode(folder.source(source))
    clauses = markdown.read(text, source.name)[0] or import_.split(text).clauses
    language = scaffold.guess_language(text)
    law = profile or findings.guess_profile(text, language)
    return law, findings.find(None, clauses, language, law, on)


def _day(text: str | None) -> date:
    from datetime import UTC, datetime

    from uphold import errors

    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise errors.Invalid(f"{text!r} is no date.", "Write it as 2026-11-22.") from None


def _lines(finding: "Finding") -> list[str]:
    """One finding, to be read: its explanation in the language of the text."""
    place = f"clause {finding.clause}" if finding.clause else "the whole text"
    head = f"{finding.kind}: {_in(finding.title, finding.language)}"
    lines = textwrap.wrap(head, _WIDTH, subsequent_indent="    ")
    lines += [f"  {finding.rule} · {place}"]
    if finding.quote:
        lines += _paragraph("says", textwrap.shorten(finding.quote, _QUOTE, placeholder=" ..."))
    if finding.against:
        quote = textwrap.shorten(finding.against_quote, _QUOTE, placeholder=" ...")
        lines += _paragraph("against", f"{finding.against}: {quote}")
    lines += _paragraph("why", _in(finding.why, finding.language))
    lines += _paragraph("way out", _in(finding.way_out, finding.language))
    return [*lines, *_paragraph("law", finding.source)]


def _paragraph(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"  {name:<9}",
        subsequent_indent=_INDENT,
        break_on_hyphens=False,
    )


def _in(text: "Text", language: str) -> str:
    from uphold.policy.document import pick

    return pick(text, language)


def _sum(found: Sequence["Finding"], profile: str, on: date) -> str:
    if not found:
        return f"Nothing is found under {profile} on {on.isoformat()}."
    counts: Mapping[str, int] = {
        kind: sum(finding.kind == kind for finding in found)
        for kind in ("gap", "over-claim", "contradiction")
    }
    parts = ", ".join(f"{count} {kind}(s)" for kind, count in counts.items() if count)
    return f"{len(found)} finding(s) under {profile} on {on.isoformat()}: {parts}."
