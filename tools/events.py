# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/detection-events.md from the fields of events: `make events`."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from uphold.detection import event
from uphold.detection.event import Field

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "detection-events.md"
HEAD = """# Events that rules look at

What [rules](detection-rules.md) look at is a stream of flat events. One is either an entry of [the
journal](journal.md) with what the site knows beside it, or a signal of the web layer or of the site itself. Events
hold no personal data: staff, records and sessions are numbers, addresses of the network and logins keyed digests.
This page is written by `make events` from `src/uphold/detection/event.py`.

## As lines of JSON

`uphold detection replay FILE` runs the rules over events of anybody's making: one JSON object a line, UTF-8, at most
65 536 bytes each, values that are texts, whole numbers, `true` or `false` (`null` is the same as leaving a field
out). Only `kind` and `at` are needed; `at` may also be a time with its offset, such as `2026-11-22T09:30:00+03:00`.
Without `service` it follows from the kind, without `exercise` it is `false`, without `id` it is `line-` and the
line's number. Lines may come in any order: they are put in that of their time, of the same time in that of the file.
Fields and kinds that are not on this page are let through.

```json
{samples}
```

"""


SAMPLES: tuple[Mapping[str, event.Value], ...] = (
    {
        "id": "j41",
        "at": 1795339800000,
        "kind": "record.opened",
        "service": "journal",
        "staff": 7,
        "actor": 7,
        "role": "clerk",
        "purpose": "answer",
        "fields": "name+text",
        "record": 12,
        "hour": 9,
        "workday": True,
        "off_hours": False,
        "assigned": False,
        "taken": True,
    },
    {
        "id": "s9",
        "at": 1795339801250,
        "kind": "web.sign-in",
        "service": "web",
        "outcome": "wrong",
        "login": "90bd4ccd3ab80f32",
        "source": "07c5dbff91b0a1e4",
        "network": "be7d6d7a4b0a32f7",
        "agent": "1f0ab5f1d2a8c6b3",
        "staff": 7,
        "new_network": True,
        "new_agent": True,
    },
)


def page() -> str:
    """The whole page."""
    samples = "\n".join(json.dumps(one, separators=(",", ":")) for one in SAMPLES)
    return HEAD.replace("{samples}", samples) + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "## In every event\n"
    yield from _table(event.ALWAYS)
    yield "\n## Signals\n"
    yield "Signals are kept for 30 days in the table `access_signal`, which no backup holds.\n"
    for one in event.SIGNALS:
        yield f"### `{one.kind}`\n"
        yield f"{one.meaning}\n"
        if one.fields:
            yield from _table(one.fields)
            yield ""
    yield "## Entries of the journal\n"
    yield "Each code of an entry is a field under its own name. Beside them stand, where staff caused the entry:\n"
    yield from _table(event.ADDED)
    yield "\nThe kinds and their codes are those of [the journal](journal.md#entries)."


def _table(fields: Sequence[Field]) -> Iterator[str]:
    yield "| field | holds | means |"
    yield "|---|---|---|"
    for one in fields:
        yield f"| `{one.name}` | {one.holds} | {one.meaning} |"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
