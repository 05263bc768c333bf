# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/findings.md from the rules: `make findings`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from uphold.policy import findings
from uphold.policy.document import PROFILES
from uphold.policy.findings import Rule

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "findings.md"
HEAD = """# Findings

What a policy's text itself gets wrong against its law. `uphold policy findings` tells them for a site
folder or for any text, in English and in Russian; `uphold check` and `uphold policy publish` say how
many there are. This page is written by `make findings` from the rules in
`src/uphold/policy/findings/*.toml`. What to do about them: [Mend what findings tell](../how-to/mend-findings.md).

A finding is of one of three **kinds**:

- **gap**: the text leaves out what must be there. It quotes the sentence where that shows, if there is one.
- **over-claim**: the text takes for granted what the law does not give, such as consent by looking at a page.
- **contradiction**: two sentences cannot both hold, or a sentence says what the law forbids. Both are quoted.

A finding is no error: an edition can be published with it, and whoever publishes is told. A clause with an
over-claim or a contradiction is never shown as kept: it shows as *over-claimed*.

Each rule is **dated**: it is asked only from the first to the last day on which it is law (`--on DATE`). Its
**mark** says how it was verified: V1 the act was seen, V2 a secondary source, M from memory. None of it is
legal advice, and a text in which nothing is found is not thereby lawful: the rules look for turns of phrase,
listed in `patterns.toml`, and know only those. What `policy.toml` declares fills no gap of the text, because
the text is what people are told; but it can contradict it.

## A rule

```toml
["terms.unstated"]
kind = "gap"
source = "152-fz:5.7"            # act:article.part; an article such as 18.1 is written 18-1
mark = "V1"
checked-on = 2026-11-22
valid-from = 2011-07-27          # and valid-to, where it has ended
title = { en = "...", ru = "..." }
why = { en = "...", ru = "..." }
way-out = { en = "...", ru = "..." }
[["terms.unstated".when]]        # several: any one is enough
lacks = ["storage-term"]
about = ["purpose-list"]
```

| key of `when` | holds if |
|---|---|
| `says` | a sentence has this phrase; each clause with one is a finding. `once`: only the first |
| `also` | another sentence has this phrase: the one that contradicts |
| `lacks` | no sentence of the text has any of these phrases |
| `about` | always; the first sentence with any of these phrases is quoted where a gap shows |
| `declares` | `policy.toml` declares so: `processor`, `databases-outside-russia`, `recipient-outside-eea` |
| `dated-before` | the text's date of last update is earlier |
| `misnumbered` | a heading prints another number than its clauses |

To add a rule: write its table and its phrases, add to `tests/unit/policy/test_findings.py` a text that shows
it, and see that the sound texts there still show nothing; then `make findings`.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(_profiles()) + "\n"


def _profiles() -> Iterator[str]:
    for profile in PROFILES:
        rules = findings.rules(profile)
        yield f"## `{profile}`\n"
        yield f"{len(rules)} rules.\n"
        yield "| rule | kind | finds | law | mark | valid |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, rules)
        yield ""


def _row(rule: Rule) -> str:
    until = f" to {rule.valid_to.isoformat()}" if rule.valid_to else ""
    return (
        f"| `{rule.id}` | {rule.kind} | {rule.title['en']} | {rule.source} | {rule.mark} "
        f"| {rule.valid_from.isoformat()}{until} |"
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
