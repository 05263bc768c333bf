# SPDX-License-Identifier: Apache-2.0
"""What two versions of a policy differ in, for a terminal, a pipe or a program."""

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.policy.change import Change
    from uphold.policy.compare import ClauseChange, Comparison
    from uphold.policy.document import Edition
    from uphold.policy.words import Run
    from uphold.retention.impact import Impact

WIDTH = 96
# Words that are shown on either side of a change.
AROUND = 9
_STYLES = {"added": "\x1b[32;4m", "removed": "\x1b[31;9m", "head": "\x1b[1m", "note": "\x1b[33m"}
_END = "\x1b[0m"
# Without colours: as `wdiff` writes them.
_MARKS = {"added": ("{+", "+}"), "removed": ("[-", "-]")}


@dataclass(frozen=True, slots=True)
class Told:
    """Two versions, what differs, and what the newer one would bring about (None: it is no later one)."""

    old: "Edition"
    new: "Edition"
    found: "Comparison"
    brings: "Impact | None"

    def sentence(self, change: "Change") -> str:
        """One change of the declarations in English."""
        from uphold.web import changes

        return changes.sentence(change, self.old, self.new, "en")


def may_colour() -> bool:
    """Whether a person reads this at a terminal, and does not mind colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def show(told: Told, *, colours: bool, texts: bool = True) -> None:
    """Print everything; without `texts`, only how many clauses read otherwise."""
    found = told.found
    head = f"{_name(told.old)} -> {_name(told.new)}: "
    if found.is_empty:
        print(f"{head}no difference in what is declared or said.")
        return
    weight = (
        "material"
        if found.material
        else "cosmetic (the text changed, and nothing material that is declared)"
    )
    print(_styled("head", head + weight, colours))
    if found.changes:
        print(_styled("head", "\nWhat is declared otherwise", colours))
        for one in found.changes:
            _item(f"{'material' if one.material else 'cosmetic'}  {told.sentence(one)}")
    if texts and found.clauses:
        print(_styled("head", "\nWhat the text says otherwise", colours))
        for clause in found.clauses:
            _clause(clause, colours=colours)
    elif found.clauses:
        print(
            f"\nThe text reads otherwise in {len(found.clauses)} clause(s); `uphold policy diff` shows them."
        )
    if told.brings is not None:
        _impact(told, told.brings, colours=colours)


def as_dict(told: Told) -> dict[str, Any]:
    """The same for a program."""
    return {
        "old": told.old.number,
        "new": told.new.number,
        "new_is_published": told.new.published_at > 0,
        "material": told.found.material,
        "changes": [_as_change(told, one) for one in told.found.changes],
        "clauses": [
            {
                "language": one.language,
                "kind": one.kind,
                "before": one.before,
                "after": one.after,
                "words": [{"mark": str(run.mark), "text": run.text} for run in one.runs],
            }
            for one in told.found.clauses
        ],
        "impact": None if told.brings is None else _as_impact(told, told.brings),
    }


def _as_change(told: Told, one: "Change") -> dict[str, Any]:
    return {
        "what": str(one.what),
        "purpose": one.purpose,
        "form": one.form,
        "item": one.item,
        "material": one.material,
        "widens": one.widens,
        "text": told.sentence(one),
    }


def _as_impact(told: Told, brings: "Impact") -> dict[str, Any]:
    return {
        "consents": [
            {
                "purpose": one.purpose,
                "keep": one.keep,
                "ask": one.ask,
                "why": [_as_change(told, change) for change in one.why],
            }
            for one in brings.consents
        ],
        "forms": [one.form for one in brings.forms],
        "terms": [
            {
                "purpose": one.purpose,
                "records": one.records,
                "what": str(one.change.what),
                "applies_to_stored": one.applies,
            }
            for one in brings.terms
        ],
    }


def _impact(told: Told, brings: "Impact", *, colours: bool) -> None:
    new = told.new.published_at
    head = "What it brought about, counted now" if new else "What publishing it brings about"
    print(_styled("head", f"\n{head}", colours))
    if not (brings.consents or brings.forms or brings.terms):
        _item("nothing for anybody who has consented, for any form or any term")
    for one in brings.consents:
        _item(
            f"consents for {one.purpose}: {one.keep} keep their scope, {one.ask} to be asked anew"
        )
        for why in one.why if one.ask else ():
            _item(f"because of {told.sentence(why)}", "      ")
    for form in brings.forms:
        _item(f"form {form.form} changes; who has it open is shown what, with all that was typed")
    for term in brings.terms:
        holds = (
            "holds for them too" if term.applies else "does not hold for them until they agree anew"
        )
        _item(f"term of {term.purpose}: {term.records} record(s) are stored; the new one {holds}")


def _clause(one: "ClauseChange", *, colours: bool) -> None:
    names = {
        "added": f"{one.after} added",
        "removed": f"{one.before} removed",
        "moved": f"{one.before} is {one.after} now{' and reworded' if one.is_reworded else ''}",
        "changed": f"{one.after} changed",
    }
    print(_styled("note", f"  {names[one.kind]} ({one.language})", colours))
    if one.is_reworded:
        for line in _lines(_words(one.runs), colours=colours):
            print(f"      {line}")


def _words(runs: Iterable["Run"]) -> Iterator[tuple[str, str]]:
    """Words with their marks; of long runs that stayed, the ends that touch a change."""
    every = list(runs)
    for at, run in enumerate(every):
        words = run.text.replace("\n\n", " \N{PILCROW SIGN} ").split()
        if str(run.mark) == "same" and len(words) > 2 * AROUND:
            head = words[:AROUND] if at else []
            tail = words[-AROUND:] if at < len(every) - 1 else []
            words = [*head, "...", *tail]
        yield from ((word, str(run.mark)) for word in words)


def _lines(words: Iterable[tuple[str, str]], *, colours: bool) -> Iterator[str]:
    """Fill lines; each line closes its own marks, so that it can be read alone."""
    line: list[tuple[str, str]] = []
    width = 0
    for word, mark in words:
        if line and width + len(word) + 5 > WIDTH - 6:
            yield _line(line, colours=colours)
            line, width = [], 0
        line.append((word, mark))
        width += len(word) + 1
    if line:
        yield _line(line, colours=colours)


def _line(words: list[tuple[str, str]], *, colours: bool) -> str:
    parts: list[str] = []
    at = 0
    while at < len(words):
        mark = words[at][1]
        end = at
        while end < len(words) and words[end][1] == mark:
            end += 1
        text = " ".join(word for word, _ in words[at:end])
        if mark != "same":
            before, after = (_STYLES[mark], _END) if colours else _MARKS[mark]
            text = f"{before}{text}{after}"
        parts.append(text)
        at = end
    return " ".join(parts)


def _item(text: str, indent: str = "  ") -> None:
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    "))


def _name(edition: "Edition") -> str:
    return f"edition {edition.number}" if edition.published_at else "the draft"


def _styled(style: str, text: str, colours: bool) -> str:  # noqa: FBT001 - said by every caller in one word
    return f"{_STYLES[style]}{text}{_END}" if colours else text
