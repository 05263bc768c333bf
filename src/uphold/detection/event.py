# SPDX-License-Identifier: Apache-2.0
"""What rules look at: flat events of documented fields. Pure.

    {"id": "j17", "at": 1767323045000, "kind": "record.opened", "service": "journal", "exercise": false,
     "staff": 7, "purpose": "answer", "fields": "name", "role": "clerk", "record": 12, "hour": 14, ...}

An event is an entry of the journal with what the site knows beside it, or a signal of the web layer or of the site
itself (`access.signal`). It holds no personal data: numbers, codes and keyed digests. `ALWAYS`, `ADDED` and `SIGNALS`
say which fields there are; the codes of entries are those of `journal.catalogue`. The same events, one JSON object a
line, are what `uphold detection replay` reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from uphold.errors import Invalid
from uphold.journal.entry import Entry

Value = str | int | bool
Event = Mapping[str, Value]

JOURNAL, WEB, SITE = "journal", "web", "site"
SERVICES = (JOURNAL, WEB, SITE)

MOST_BYTES = 65_536
"""Of one line that is replayed."""

_LATEST_MS = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, what it holds (`number`, `code`, `yes-no`, `digest`, `text`), what it means."""

    name: str
    holds: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One kind of signal: its name, what happened, its fields."""

    kind: str
    meaning: str
    fields: tuple[Field, ...]

    @property
    def service(self) -> str:
        """Who noticed it: `web` or `site`."""
        return self.kind.partition(".")[0]


ALWAYS = (
    Field("id", "text", "`j` and the entry's index in the journal, or `s` and the signal's number"),
    Field("at", "number", "when, in unix milliseconds; of an entry the whole second"),
    Field("kind", "text", "the kind of entry, such as `record.opened`, or of signal, such as `web.sign-in`"),
    Field("service", "code", "`journal`, `web` or `site`"),
    Field("exercise", "yes-no", "whether an account or a record of a run of probes or of a drill is concerned"),
)  # fmt: skip

ADDED = (
    Field("actor", "number", "who did it: the entry's `by` where it has one, else its `staff`"),
    Field("role", "code", "the actor's role, unless the entry itself names a role"),
    Field("exercise_run", "number", "the run that `exercise` speaks of; 0 for people's"),
    Field("of_kind", "code", "what the entry itself names `kind`: of `request.received` the right"),
    Field("hour", "number", "0 to 23 in the site's zone"),
    Field("workday", "yes-no", "whether it is a working day of the operator's calendar"),
    Field("off_hours", "yes-no", "whether it is no working day, or outside `day_from` to `day_to` of the settings"),
    Field("record", "number", "the number of the record that it is about, where it is about one"),
    Field("assigned", "yes-no", "whether the record's enquiry is the actor's"),
    Field("taken", "yes-no", "whether the record's enquiry is somebody else's"),
    Field("in_work", "yes-no", "whether the record's enquiry is in work"),
    Field("in_export", "yes-no", "whether the record is in an export that the actor took just before"),
    Field("program", "yes-no", "whether the actor is a program and no person"),
    Field("marked", "yes-no", "whether the record is under a suspension of reading or a bar to its destruction"),
    Field("withdrawn", "yes-no", "whether a consent of this record to this purpose was withdrawn before"),
    Field("of_staff", "yes-no", "whether the record names an address that a colleague signs in with"),
    Field("own", "yes-no", "whether the record names the address that the actor signs in with"),
    Field("canary", "yes-no", "whether the record or the account is there for nobody to touch"),
    Field("session", "yes-no", "whether the actor has a session, or is a program whose token is valid"),
    Field("export_records", "number", "how many records the export has that it is about"),
    Field("harmless", "yes-no", "of a refused connection: whether it was to a place that only probes ask for"),
)  # fmt: skip
"""Of entries that a member of staff caused; each is there only where it can be told."""

_SOURCE = Field("source", "digest", "keyed digest of the client's address, of IPv6 of its /64")
_NETWORK = Field("network", "digest", "keyed digest of its /24 or /48")
_AGENT = Field("agent", "digest", "keyed digest of what the browser calls itself")
_COUNT = Field("count", "number", "how many times, where the same was noticed again")
_STAFF = Field("staff", "number", "the account; 0 for none that exists")

SIGNALS = (
    Signal(
        "web.sign-in",
        "Somebody tried to sign in, or a step of it.",
        (
            Field("outcome", "code", "ok, wrong, unknown, throttled, second-wrong, second-ok, recovered"),
            Field("login", "digest", "keyed digest of the login as typed, 16 hex digits"),
            *(_SOURCE, _NETWORK, _AGENT, _STAFF),
            Field("new_network", "yes-no", "not seen of this account in the last 30 days"),
            Field("new_agent", "yes-no", "not seen of this account in the last 30 days"),
            Field("first", "yes-no", "nothing was seen of this account in the last 30 days"),
            Field("waits", "yes-no", "the password was right, and a second factor is still to be shown"),
        ),
    ),
    Signal(
        "web.session",
        "The first request of a session, and the first from each other network or with each other browser.",
        (
            *(_STAFF, Field("session", "number", "the session"), _SOURCE, _NETWORK, _AGENT),
            Field("changed", "yes-no", "whether it is another than before in this session"),
        ),
    ),
    Signal(
        "web.refused",
        "A door stayed shut: to a member of staff whose role may not have it, or to a stranger (405, 429).",
        (
            _STAFF,
            Field("status", "number", "of the answer"),
            Field("path", "text", "the door's route, with the names of its parameters"),
            _COUNT,
        ),
    ),
    Signal(
        "web.missing",
        "Pages were asked for that there are not; those of a source within a second or two are one signal.",
        (_SOURCE, _COUNT),
    ),
    Signal(
        "web.probe",
        "What came in looks like an attack. It is a sign and nothing is refused because of it.",
        (
            Field("class", "code", "sql, script, path, command, template, log, header, scanner"),
            Field("where", "code", "form, query, path, header"),
            *(_SOURCE, Field("form", "code", "the form it was sent to, where it was one"), _COUNT),
        ),
    ),
    Signal(
        "web.forged",
        "A request told of hops by one who is no trusted proxy; once an hour for each source.",
        (_SOURCE, _COUNT),
    ),
    Signal("web.overflow", "More was noticed than is kept.", (_COUNT,)),
    Signal(
        "web.token",
        "A token of a program was shown.",
        (
            Field("staff", "number", "the program's account; 0 for a token that is none"),
            Field("outcome", "code", "ok (the first time from a network), unknown, token-expired, token-revoked"),
            *(_SOURCE, _NETWORK, _COUNT),
        ),
    ),
    Signal(
        "site.clock",
        "The clock jumped.",
        (Field("jump_seconds", "number", "how far"), Field("back", "yes-no", "whether it was put back")),
    ),
    Signal(
        "site.sweep-late",
        "What is due was not destroyed in time.",
        (Field("hours", "number", "since the last sweep"),),
    ),
    Signal("site.journal", "The journal is not whole.", (Field("problem", "code", "what is wrong"),)),
    Signal("site.backup-read", "A backup was read by somebody else than the site.", ()),
    Signal(
        "site.settings",
        "The settings are others than at the last start.",
        (Field("changed", "text", "which, joined by +"),),
    ),
    Signal(
        "site.rules",
        "Rules are off or only tried.",
        (Field("disabled", "number", "how many are off"), Field("dry", "number", "how many only note")),
    ),
    Signal(
        "site.canary",
        "Something was touched that is there for nobody to touch.",
        (Field("what", "code", "staff, token, record, address"), _STAFF, _SOURCE),
    ),
    Signal(
        "site.unusual",
        "Somebody's day is not like their others. What is unusual is not wrong.",
        (
            _STAFF,
            Field("dimension", "code", "records, export, hours, recipient"),
            Field("by", "number", "how many MADs beyond the median; 0 for a recipient"),
            Field("window", "number", "how many days it is held against"),
            Field("peer", "yes-no", "whether those of the same role do not do it either"),
        ),
    ),
)  # fmt: skip

_LINE = msgspec.json.Decoder(dict[str, str | int | float | bool | None])


def of_entry(
    index: int, entry: Entry, added: Mapping[str, Value] | None = None
) -> dict[str, Value]:
    """Make the event of an entry; what is `added` never takes the place of what the entry says itself."""
    event: dict[str, Value] = dict(added or {})
    event.update(entry.codes)
    if "kind" in entry.codes:
        event["of_kind"] = entry.codes["kind"]
    event.setdefault("exercise", False)
    event.update(id=f"j{index}", at=entry.at_ms, kind=entry.kind, service=JOURNAL)
    return event


def actor(entry: Entry) -> int:
    """Tell who did what an entry says: 0 for nobody of the staff."""
    by = entry.codes.get("by", entry.codes.get("staff", 0))
    if not isinstance(by, int):
        by = entry.codes.get("staff", 0)
    return by if isinstance(by, int) else 0


def about(entry: Entry) -> int:
    """Tell which account an entry names that nobody of the staff made: 0 for none."""
    named = entry.codes.get("staff", 0)
    return named if not actor(entry) and isinstance(named, int) else 0


def parse(line: bytes, number: int) -> dict[str, Value]:
    """Read one line of an outsider's events; `number` is the line's, from 1.

    `kind` and `at` are needed; an `id` and a `service` that are left out follow from the line and the kind. Raises
    Invalid, naming the line, for what is no event.
    """
    where = f"Line {number}"
    if len(line) > MOST_BYTES:
        raise Invalid(f"{where} is longer than {MOST_BYTES} bytes.", _ADVICE)
    try:
        found = _LINE.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Invalid(
            f"{where} is no flat JSON object of texts, numbers and truths.", _ADVICE
        ) from error
    event: dict[str, Value] = {}
    for name, value in found.items():
        if isinstance(value, float):
            raise Invalid(f"{where}: {_shown(name)} is no whole number.", _ADVICE)
        if value is not None:
            event[name] = value
    event["at"] = _moment(event.get("at"), where)
    kind = event.get("kind")
    if not isinstance(kind, str) or not kind:
        raise Invalid(f"{where} names no kind.", _ADVICE)
    first = kind.partition(".")[0]
    event.setdefault("service", first if first in (WEB, SITE) else JOURNAL)
    if event["service"] not in SERVICES:
        raise Invalid(f"{where}: service must be {', '.join(SERVICES)}.", _ADVICE)
    if type(event.setdefault("exercise", False)) is not bool:
        raise Invalid(f"{where}: exercise must be true or false.", _ADVICE)
    event["id"] = str(event.get("id", f"line-{number}"))
    return event


_ADVICE = "The fields of events are in docs/reference/detection-events.md."


def _moment(at: Value | None, where: str) -> int:
    if isinstance(at, str):
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return _within(round(moment.timestamp() * 1000), where)
    elif type(at) is int:
        return _within(at, where)
    raise Invalid(f"{where}: at must be unix milliseconds, or a time with its offset.", _ADVICE)


def _within(at: int, where: str) -> int:
    if not 0 <= at <= _LATEST_MS:
        raise Invalid(f"{where}: at is out of range.", _ADVICE)
    return at


def _shown(name: str) -> str:
    return name[:40] if name.isascii() and name.isprintable() else "a field"
