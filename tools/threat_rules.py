# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/threats.md from the rules of threats: `make promises`."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from uphold.threats import framework, rule, words
from uphold.threats.rule import Rule

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "threats.md"
HEAD = """# Threats

When a threat is there, and what is against it, as data in `src/uphold/threats/rules/*.toml`. Each rule is judged on
every element of its kind in [the model](threat-model.md) of the running site. Where it says yes there is a finding,
`rule@element`: *open* until every one of its [measures](measures.md) is shown by fresh evidence, *mitigated* while they
are. Where the fact changes it is resolved, and stays in the register. This page is written by `make promises`.

Each rule brings its own cases: facts for which it must say yes, facts that come near and for which it must not, and
what it says where a fact is unknown. Each rule is made wrong on purpose in every way that `tests/house/test_threats.py`
knows, and its cases have to tell.

Ids of CWE and ATT&CK are compared with the packages of their data in tests; of the bank of threats of FSTEC only what
was read is quoted. Where they come from stands in `src/uphold/threats/frameworks.toml`.

"""
_GAP = re.compile(r"\{([a-z_]+)\}")
LABELS = {
    "cwe": "CWE-{}",
    "capec": "CAPEC-{}",
    "attack": "ATT&CK {}",
    "ubi": "УБИ.{}",
    "asvs": "ASVS {}",
}


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(_topics())


def _topics() -> Iterator[str]:
    every = rule.catalogue().values()
    private = [one for one in every if one.privacy]
    cases = sum(len(one.tests) for one in every)
    yield f"{len(every)} rules with {cases} cases, {len(private)} of the rules about privacy.\n"
    yield "| LINDDUN | rules |\n|---|---|"
    counts = Counter(code for one in private for code in one.linddun)
    yield from (f"| {framework.title('linddun', code, 'en')} | {counts[code]} |" for code in counts)
    yield ""
    for path in sorted(rule.FOLDER.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        yield f"## {path.stem}\n"
        yield f"{text.splitlines()[0].removeprefix('# ')}\n"
        for one in rule.read(text, path.name):
            yield from _rule(one)


def _rule(one: Rule) -> Iterator[str]:
    yield f"### `{one.id}`\n"
    yield f"**{one.title['en']}** ({one.title['ru']})\n"
    yield _GAP.sub(r"*\1*", one.why["en"]) + "\n"
    yield f"- When, of each {one.applies_to}: `{one.when.text}`"
    yield f"- Severity: `{one.severity.text}`"
    yield f"- Measures: {', '.join(map(_measure, one.measures))}."
    if one.measures_any:
        yield f"- And one of: {', '.join(map(_measure, one.measures_any))}."
    violators = ", ".join(words.say("violator", code, "en") for code in one.violators)
    yield f"- Consequence: {words.say('consequence', one.consequence, 'en')}."
    yield f"- Object: {one.objects['en']}. Violators: {violators}. Way: {one.ways['en']}."
    yield f"- {'; '.join(_quoted(one))}.\n"


def _measure(name: str) -> str:
    return f"[{name}](measures.md#{name})"


def _quoted(one: Rule) -> Iterator[str]:
    for name, heading in (("stride", "STRIDE"), ("linddun", "LINDDUN"), ("tactic", "Tactics")):
        codes = [id_ for list_, id_ in framework.quoted(one) if list_ == name]
        said = (f"{code} {framework.title(name, code, 'en')}" for code in codes)
        if codes:
            yield f"{heading}: {', '.join(said)}"
    for name, id_ in framework.quoted(one):
        if name in LABELS:
            yield f"{LABELS[name].format(id_)} {framework.title(name, id_, 'en')}".rstrip()


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
