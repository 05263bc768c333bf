# SPDX-License-Identifier: Apache-2.0
"""`uphold policy suggest|bind`: what keeps each clause, proposed by phrases and decided by a person."""

import argparse
import json
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uphold.policy.document import Binding, Draft
    from uphold.policy.suggest import Suggested, Suggestion

SURE = 0.7
_WIDTH = 100
_INDENT = " " * 12
_QUESTION = "  Bind it? [y]es, [s]ure ones only, [f]act, [n]ot now, [q]uit, or ids of promises: "


def register(acts: Any) -> None:
    """Add the acts of this topic to `uphold policy`."""
    suggest = acts.add_parser("suggest", help="propose what may keep each clause not yet bound")
    suggest.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    way = suggest.add_mutually_exclusive_group()
    way.add_argument("--ask", action="store_true", help="ask about each clause, and write the yes")
    way.add_argument("--accept", action="store_true", help="write what is sure enough")
    way.add_argument("--all", action="store_true", help="show what bound clauses lack as well")
    suggest.add_argument(
        "--at-least", type=share, default=SURE, metavar="SHARE", help=f"what is sure: {SURE}"
    )
    suggest.add_argument("--json", action="store_true", help="print JSON")
    suggest.set_defaults(func=run_suggest)
    bind = acts.add_parser("bind", help="say what keeps one clause")
    bind.add_argument("dir", type=Path, metavar="DIR", help="the site folder")
    bind.add_argument("clause", metavar="CLAUSE", help="its number, such as 2.2.1")
    bind.add_argument("promises", nargs="*", metavar="PROMISE", help="ids of promises")
    bind.add_argument("--fact", action="store_true", help="it promises nothing")
    bind.set_defaults(func=run_bind)


def run_suggest(arguments: argparse.Namespace) -> int:
    """Show what each clause not yet bound may promise; with a yes, write it into policy.toml."""
    from uphold.policy import suggest

    draft = _draft(arguments.dir)
    language = draft.policy.language
    read = suggest.suggest(draft.texts[language], language)
    bindings = draft.policy.bindings
    found = [one for one in read if one.clause not in bindings]
    if arguments.all:
        more = (suggest.beyond(one, bindings.get(one.clause)) for one in read)
        found = [one for one in more if one.all or one.clause not in bindings]
    if arguments.accept:
        bound = _accept(arguments, draft, found)
        found = [one for one in found if one.clause not in bound]
    if arguments.json:
        listed = [_as_dict(one) for one in found]
        print(json.dumps({"clauses": listed}, ensure_ascii=False, indent=2))
    elif arguments.ask:
        _ask(arguments, draft, found)
    else:
        _show(found, arguments.dir, language)
    return 0


def run_bind(arguments: argparse.Namespace) -> int:
    """Bind one clause to promises, or call it a fact, in place of what was said of it."""
    from uphold import errors
    from uphold.policy import promise
    from uphold.policy.document import Binding

    draft = _draft(arguments.dir)
    ids = [clause.id for clause in draft.texts[draft.policy.language]]
    if arguments.clause not in ids:
        raise errors.Missing(
            f"The policy's text has no clause {arguments.clause}.", f"It has: {', '.join(ids)}."
        )
    if bool(arguments.promises) is arguments.fact:
        raise errors.Invalid(
            "A clause is bound to promises, or it is a fact: one of the two.",
            "Name ids of promises after the clause, or say --fact.",
        )
    names = tuple(dict.fromkeys(promise.promise(name).id for name in arguments.promises))
    declared = draft.policy.bindings.get(arguments.clause)
    if arguments.fact and declared and declared.duty:
        raise errors.Conflict(
            f"Clause {arguments.clause} has a duty, so it is no mere fact.",
            f'Remove the table [clause."{arguments.clause}".duty] from policy.toml first.',
        )
    bound = [Binding(arguments.clause, names, arguments.fact, None)]
    _write(arguments.dir, bound)
    _tell_bound(bound)
    return 0


def share(text: str) -> float:
    """A share between 0 and 1, as argparse reads it; `ValueError` for anything else."""
    read = float(text)
    if not 0 <= read <= 1:
        raise ValueError
    return read


def _draft(directory: Path) -> "Draft":
    from uphold import errors
    from uphold.policy import check, folder

    draft = check.files(folder.read(directory)).draft
    if draft is None or not draft.texts[draft.policy.language]:
        raise errors.Invalid(
            "The policy cannot be read.", f"Mend what this tells: uphold check {directory}"
        )
    return draft


def _write(directory: Path, bound: Sequence["Binding"]) -> None:
    """Write bindings into policy.toml; it is read anew, so that nothing written meanwhile is lost."""
    from uphold.policy import amend, check, digest, folder, parse

    if not bound:
        return
    files = folder.read(directory)
    draft = check.files(files).draft
    order = [clause.id for clause in draft.texts[draft.policy.language]] if draft else []
    language = draft.policy.language if draft else "en"
    old = files[parse.DECLARATIONS]
    new = amend.bind(old, bound, order, language)
    folder.replace(directory, parse.DECLARATIONS, new, digest.of(old))


def _accept(
    arguments: argparse.Namespace, draft: "Draft", found: Sequence["Suggested"]
) -> dict[str, "Binding"]:
    """Bind every clause to what is sure enough, and tell what was taken and what was not."""
    from uphold.policy import suggest

    accepted = (suggest.accept(one, arguments.at_least, draft.policy.languages) for one in found)
    bound = {one.clause: one for one in accepted if one}
    _write(arguments.dir, list(bound.values()))
    if not arguments.json:
        _tell_bound(list(bound.values()))
        _tell_left([suggest.beyond(one, bound[one.clause]) for one in found if one.clause in bound])
    return bound


def _ask(arguments: argparse.Namespace, draft: "Draft", found: Sequence["Suggested"]) -> None:
    """Ask about one clause after another; each yes is written at once, so that quitting loses none."""
    bound = 0
    for place, one in enumerate(found, 1):
        print(f"\n[{place} of {len(found)}]")
        _print(one, draft.policy.language)
        answer = _answer(one, arguments.at_least, draft.policy.languages)
        if isinstance(answer, str):
            break
        if answer is not None:
            _write(arguments.dir, [answer])
            bound += 1
    left = len(found) - bound
    print(f"\nBound {bound} clause(s); {left} left." if left else f"\nBound {bound} clause(s).")
    print(f"Next: uphold check {arguments.dir}")


def _answer(one: "Suggested", sure: float, languages: Sequence[str]) -> "Binding | str | None":
    """What the person at the terminal says: a binding, None for not now, "quit" for no more."""
    from uphold.policy import promise, suggest
    from uphold.policy.document import Binding

    choices: dict[str, Callable[[], Binding | None]] = {
        "y": lambda: suggest.accept(one, 0, languages),
        "s": lambda: suggest.accept(one, sure, languages),
        "f": lambda: Binding(one.clause, (), fact=True, duty=None),
    }
    while True:
        print(_QUESTION, end="", flush=True)
        line = sys.stdin.readline()
        words = line.split()
        if not line or words == ["q"]:
            return "quit"
        if words in ([], ["n"]):
            return None
        if len(words) == 1 and words[0] in choices:
            chosen = choices[words[0]]()
            if chosen:
                return chosen
            print("  There is no such suggestion here.")
        elif all(word in promise.catalogue() for word in words):
            return Binding(one.clause, tuple(dict.fromkeys(words)), fact=False, duty=None)
        else:
            print("  Answer y, s, f, n or q, or name promises of docs/reference/promises.md.")


def _show(found: Sequence["Suggested"], directory: Path, language: str) -> None:
    for one in found:
        _print(one, language)
        print()
    if not found:
        print("Every clause is bound.")
        return
    print(f"{len(found)} clause(s) to decide. Read each, then say yes:")
    print(f"  one by one           uphold policy suggest {directory} --ask")
    print(f"  all that is sure     uphold policy suggest {directory} --accept --at-least {SURE}")
    print(f"  one that you choose  uphold policy bind {directory} CLAUSE PROMISE ...")


def _print(one: "Suggested", language: str) -> None:
    """One clause with what is suggested for it; promises and duties in the language of the text."""
    from uphold.policy import promise, suggest
    from uphold.policy.document import pick

    lead = f"{one.clause:<11} "
    shown = textwrap.shorten(one.text, 3 * _WIDTH, placeholder=" ...")
    print(textwrap.fill(shown, _WIDTH, initial_indent=lead, subsequent_indent=_INDENT))
    for suggestion in one.promises:
        title = pick(promise.promise(suggestion.name).title, language)
        _line(suggestion, f"{suggestion.name:<32} {title}")
    for suggestion in one.duties:
        duty = suggest.named_duty(suggestion.name)
        what = f"{pick(duty.who, language)}: {pick(duty.what, language)}"
        _line(suggestion, f"a duty of yours, {duty.every:<15} {what}")
    if one.fact:
        _line(one.fact, f"a fact, a {one.fact.name}")
    if not one.all:
        print(f"{_INDENT}  ?   nothing was recognised: read it yourself")


def _line(one: "Suggestion", text: str) -> None:
    lead = f"{_INDENT}{round(one.confidence * 100):>3} % "
    print(textwrap.fill(text, _WIDTH, initial_indent=lead, subsequent_indent=f"{_INDENT}      "))
    print(f'{_INDENT}      "{one.because}"')


def _tell_bound(bound: Sequence["Binding"]) -> None:
    for one in bound:
        what = [*one.promises, *(["a fact"] if one.fact else []), *(["a duty"] if one.duty else [])]
        print(f"bound {one.clause:<11} {', '.join(what)}")
    if not bound:
        print("Nothing was bound.")


def _tell_left(found: Sequence["Suggested"]) -> None:
    """What was not sure enough to be taken for the clauses that were bound."""
    left = [one for one in found if one.promises]
    if left:
        print(
            "\nLess sure, and not taken; to have one, bind its clause anew with all its promises:"
        )
    for one in left:
        print(f"      {one.clause:<11} {', '.join(suggestion.name for suggestion in one.promises)}")
    print()


def _as_dict(one: "Suggested") -> dict[str, Any]:
    def told(key: str, suggestion: "Suggestion") -> dict[str, Any]:
        return {
            key: suggestion.name,
            "confidence": suggestion.confidence,
            "because": suggestion.because,
        }

    return {
        "clause": one.clause,
        "text": one.text,
        "promises": [told("promise", suggestion) for suggestion in one.promises],
        "duties": [told("duty", suggestion) for suggestion in one.duties],
        "fact": told("fact", one.fact) if one.fact else None,
    }
