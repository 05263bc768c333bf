# SPDX-License-Identifier: Apache-2.0
"""Hold what a site stores against what its people know. Nothing here uses the product's own audit but to run it.

What is looked at while nothing serves the site:

- `audited`: `uphold journal verify`, and every row beside it
- `stored`: acknowledged = stored = journaled, nothing stored twice, nothing stored that nobody sent
- `heads`: every signed head that was ever seen is the head of a beginning of this journal
- `contents`: a sample of what is sealed opens to what was typed
- `plain`: no mark of anybody in any file of the site, of its database server, of its logs
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select

from tests import cast, traces
from tests.editions import PURPOSE
from tools.soak import book as books
from tools.soak.book import Book, Form
from tools.soak.stage import Stage
from uphold.assurance import alert
from uphold.assurance.audit import Audit
from uphold.consent.ledger import ACTS_BITS, consent_event
from uphold.database.engine import Database
from uphold.journal import entry, store
from uphold.journal.entry import Entry
from uphold.submission.record import submission_record
from uphold.vault import records
from uphold.vault.permit import Permit
from uphold.vault.tables import record_of, vault_destroyed, vault_key, vault_part
from uphold.visits.batch import visits_batch

FIELDS = frozenset({"name", "email", "phone", "message"})
_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*(\S+)")
_OPENED = ("record.opened", "subject.opened")


@contextmanager
def reading(site: Stage) -> Iterator[Connection]:
    """Look into the database past everything that stands in the way of the site."""
    database = Database(site.url)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.dispose()


def audited(site: Stage) -> list[str]:
    """Have the product audit itself, as `uphold journal verify` does."""
    return [f"audit: {found}" for found in Audit(site.settings).run()]


@dataclass
class Held:
    """What a database holds, by the number of the submission."""

    records: dict[int, int] = field(default_factory=dict)
    """To the index of its entry."""
    entries: list[bytes] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)
    parts: dict[int, list[str]] = field(default_factory=dict)
    keys: Counter[int] = field(default_factory=Counter)
    consents: dict[int, list[str]] = field(default_factory=dict)
    destroyed: Counter[int] = field(default_factory=Counter)

    def times(self, *kinds: str) -> int:
        """How many entries there are of some kinds."""
        return sum(one.kind in kinds for one in self.told)


def held(connection: Connection) -> Held:
    """Read everything that is compared."""
    found = Held()
    found.entries = [raw for _, raw in store.entries(connection, 0)]
    found.told = [entry.decode(raw) for raw in found.entries]
    rows = select(submission_record.c.number, submission_record.c.entry)
    found.records = {one.number: one.entry for one in connection.execute(rows)}
    parts: defaultdict[int, list[str]] = defaultdict(list)
    parted = select(vault_part.c.number, vault_part.c.purpose).order_by(vault_part.c.number)
    for number, purpose in connection.execute(parted):
        parts[record_of(number)].append(purpose)
    consents: defaultdict[int, list[str]] = defaultdict(list)
    acts = select(consent_event.c.number, consent_event.c.purpose).order_by(consent_event.c.number)
    for number, purpose in connection.execute(acts):
        consents[number >> ACTS_BITS].append(purpose)
    keys = connection.execute(select(vault_key.c.number)).scalars()
    gone = connection.execute(select(vault_destroyed.c.number)).scalars()
    found.parts, found.consents = dict(parts), dict(consents)
    found.keys, found.destroyed = Counter(map(record_of, keys)), Counter(map(record_of, gone))
    return found


def stored(found: Held, book: Book) -> Iterator[str]:
    """Acknowledged = stored = journaled."""
    journaled = {at for at, one in enumerate(found.told) if one.kind == "record.stored"}
    if set(found.records.values()) != journaled or len(found.records) != len(journaled):
        yield f"{len(found.records)} submissions are stored, {len(journaled)} journaled"
    known, pending = book.by_number, len(book.pending)
    if lost := sorted(set(known) - set(found.records)):
        yield f"{len(lost)} acknowledged submissions are lost: {lost[:5]}"
    stray = len(found.records) - len(known)
    if not 0 <= stray <= pending:
        yield f"{stray} submissions are stored that nobody was told of, and {pending} wait for an answer"
    for number, one in known.items():
        if number in found.records:
            yield from _one(found, number, one)
    if found.times(*_OPENED) < book.readings + book.own:
        yield f"{book.readings + book.own} openings were shown, {found.times(*_OPENED)} journaled"


def _one(found: Held, number: int, form: Form) -> Iterator[str]:
    codes = found.told[found.records[number]].codes
    parts, keys = found.parts.get(number, []), found.keys[number]
    if keys != len(parts):
        yield f"submission {number} has {len(parts)} parts and {keys} keys"
    if form.is_untouched:
        expected = (codes["parts"], codes["consents"])
        if expected != ("+".join(parts), "+".join(found.consents.get(number, [])) or "none"):
            yield f"submission {number} has other parts or consents than the journal says"
    if form.withdrawn and found.consents.get(number, []).count(PURPOSE) < 2:
        yield f"a withdrawal of submission {number} was acknowledged and is not stored"
    if form.erased and (parts or keys):
        yield f"submission {number} is erased and has {len(parts)} parts and {keys} keys"
    if form.erased and not found.destroyed[number]:
        yield f"submission {number} is erased and no part of it is listed as destroyed"


def heads(entries: Sequence[bytes], seen: dict[int, bytes]) -> Iterator[str]:
    """Every head that was seen is the root of so many first entries (RFC 6962, 2.1), reckoned anew here."""
    peaks: list[tuple[int, bytes]] = []
    wanted = set(seen)
    for size, raw in enumerate(entries, 1):
        peaks.append((1, hashlib.sha256(b"\0" + raw).digest()))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (width, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * width, hashlib.sha256(b"\1" + left + right).digest()))
        if size in wanted:
            wanted.remove(size)
            root = peaks[-1][1]
            for _, left in reversed(peaks[:-1]):
                root = hashlib.sha256(b"\1" + left + root).digest()
            if root != seen[size]:
                yield f"the head of size {size} that was seen is none of this journal"
    if wanted:
        yield f"a head of size {max(wanted)} was seen; the journal has {len(entries)} entries"


def contents(connection: Connection, site: Stage, forms: Iterable[Form]) -> Iterator[str]:
    """What is sealed opens to what was typed."""
    ring = site.ring
    for one in forms:
        permit = Permit(0, PURPOSE, one.number, FIELDS, 1, "soak")
        values = records.open(ring, permit, records.fetch(connection, permit))
        message = str(values.get("message", ""))
        if values.get("email") != one.email or message not in {one.values["message"], *one.also}:
            yield f"submission {one.number} holds other values than were sent"


def plain(site: Stage) -> list[str]:
    """Search every byte that site and database server left anywhere, but for the keys."""
    texts = (*books.TEXTS, cast.clerk.password)
    return [f"in the clear: {found}" for found in traces.find(texts, left(site))]


def left(site: Stage) -> list[Path]:
    """Every file that holds anything of the site and of a database server of its own, but the site's keys."""
    root = site.folder.parent
    # The data of a site on SQLite are on the small disk and in their place in the site's folder: once is enough.
    without = [site.folder / "keys", root / "second" / "identity", root / "second" / "token"]
    found = traces.files(root, [*without, *([site.disk] if site.server is None else [])])
    return [path for path in found if path.suffix not in {".img", ".so"}]


def searched(site: Stage) -> int:
    """How many bytes `plain` looks at."""
    return sum(path.stat().st_size for path in left(site))


def letters(now: Held, site: Stage) -> Iterator[str]:
    """Every letter that is journaled as sent was taken by the relay, and few were taken that are not.

    A letter that the relay has taken is sent again, the same, where that could not be noted any more. That a look is
    needed is told to the operator past the outbox, with nothing in it.
    """
    letters = (raw for raw in site.box.raw if alert.SUBJECT.encode() not in raw)
    taken = {named[1] for raw in letters if (named := _MESSAGE_ID.search(raw))}
    sent = now.times("mail.sent")
    if not sent <= len(taken) <= sent + site.ends:
        yield f"{len(taken)} letters were taken by the relay, {sent} are journaled as sent"


def in_the_end(connection: Connection, book: Book) -> list[str]:
    """What must hold when everybody has been told."""
    found = [f"a form of {len(book.pending)} people got no answer"] if book.pending else []
    if left := [one.number for one in book.forms if one.asked_to_erase and not one.erased]:
        found.append(f"{len(left)} submissions were to be erased and are not: {left[:5]}")
    stand = (one for one in book.forms if one.asked_to_withdraw and not one.withdrawn)
    if left := [one.number for one in stand if not one.erased]:
        found.append(f"{len(left)} consents were to be withdrawn and are not: {left[:5]}")
    kept = connection.execute(
        select(func.coalesce(func.sum(visits_batch.c.visits), 0))
    ).scalar_one()
    if kept < book.visits - book.visits_at_risk:
        found.append(
            f"{book.visits} visits were acknowledged, {book.visits_at_risk} at risk; {kept} are kept"
        )
    return found


def everything(site: Stage, book: Book, sample: Sequence[Form]) -> list[str]:
    """All that can be looked at while nothing serves the site; what was found."""
    found = [*audited(site), *plain(site)]
    with reading(site) as connection:
        now = held(connection)
        found += stored(now, book)
        found += heads(now.entries, dict(book.heads))
        found += contents(connection, site, sample)
    found += letters(now, site)
    said = site.said()
    if "Traceback" in said or "Exception in ASGI" in said:
        found.append("the site met what it did not expect")
    return found
