# SPDX-License-Identifier: Apache-2.0
"""What a person asks for, done badly: a correction that some do not see, an erasure that leaves something."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from tests import site as sites
from tests.sabotage.sabotage import Ground, several
from uphold.app import App
from uphold.continuity.rotate import Keeper
from uphold.retention import final, orders
from uphold.rights import fulfil, request
from uphold.vault import destroyed, records, remains, subject
from uphold.vault.tables import vault_part
from uphold.web import my_erase
from uphold.web.public import Public

_TWICE = """[purpose.archive]
clause = "2.2.2"
title.en = "keeping letters in order"
title.ru = "учёт обращений"
basis = "legitimate-interest"
ground.en = "Letters are filed."
ground.ru = "Обращения учитываются."
retention = { after = "received", term = "P1Y" }
actions = ["record", "store", "use", "destroy"]
categories = ["name", "email", "phone", "message"]
roles = ["owner", "clerk"]
recipients = ["hosting"]

[purpose.security]
"""


def find_everybody(ground: Ground) -> None:
    """Whatever address somebody has proved, it finds every record there is."""

    def find(reader: Any, *_: object) -> list[int]:
        return list(reader.execute(select(vault_part.c.number)).scalars())

    ground.patch.setattr(subject, "find", find)


# --- correction -------------------------------------------------------------------------------------


def forget_a_part(ground: Ground) -> None:
    """Fields serve two purposes; only the part of one is corrected."""
    ground.publish(
        ("policy/policy.toml", "[purpose.security]\n", _TWICE),
        ("forms/feedback.toml", '["communication"]', '["communication", "archive"]'),
    )

    def wrong(before: Callable[..., Any], own: Any, purpose: str, values: Any) -> Any:
        return {} if purpose == "archive" else before(own, purpose, values)

    ground.wrap(fulfil._Correcting, "_wrong", wrong)


def forget_a_field(ground: Ground) -> None:
    """Of several fields the first alone is corrected."""

    def wrong(before: Callable[..., Any], *arguments: Any) -> dict[str, str]:
        return dict(list(before(*arguments).items())[:1])

    ground.wrap(fulfil._Correcting, "_wrong", wrong)


def let_the_first_value_stand(ground: Ground) -> None:
    """Parts are opened newest first, so that what was stated first overwrites what was corrected."""

    def open_each(before: Callable[..., list[Any]], *arguments: Any) -> list[Any]:
        return before(*arguments)[::-1]

    ground.wrap(records, "open_each", open_each)


def digest_nothing(ground: Ground) -> None:
    """The digests that should prove a correction are those of an empty record."""
    ground.patch.setattr(remains, "digest", lambda _reader, _records: bytes(32))


def leave_it_open(ground: Ground) -> None:
    """What was done at once stays on the desk as if nobody had looked at it."""
    ground.patch.setattr(request, "done", lambda tx, _ring, number, *_: request.find(tx, number))


# --- erasure ----------------------------------------------------------------------------------------


def keep_the_index(ground: Ground) -> None:
    """Keys and content go; the values by which an address finds them stay."""
    ground.patch.setattr(subject, "forget", lambda _tx, _parts: None)


def list_nothing(ground: Ground) -> None:
    """Nobody writes into the file that a restore goes by."""
    ground.patch.setattr(destroyed, "append", lambda _path, _numbers: None)


def keep_the_letters(ground: Ground) -> None:
    """What the form brought goes; an answer that is sealed beside it is not looked for."""

    def live(before: Callable[..., Iterable[Any]], *arguments: Any) -> list[Any]:
        return list(before(*arguments))[:3]

    ground.wrap(remains, "live", live)


def ignore_orders(ground: Ground) -> None:
    """A preservation order is placed, and nobody asks for it."""
    ground.patch.setattr(orders, "barring", lambda *_: ())


def name_no_day(ground: Ground) -> None:
    """The page says what goes, and not until when backups have it."""
    ground.patch.setattr(my_erase, "final_on", lambda _visit: "")


def keep_the_receipt(ground: Ground) -> None:
    """The receipt does not look whether anything is left."""
    ground.patch.setattr(Public, "_gone", lambda *_: None)


def _keeper(app: App) -> Keeper:
    return Keeper(app.settings, app.ring, app.log, app.database, app.writer)


def _configure(ground: Ground, keys: str) -> None:
    file = ground.folder / "uphold.toml"
    file.write_text(f"{file.read_text()}\n[keys]\n{keys}\nburn_after_days = 0\n")


def never_burn(ground: Ground) -> None:
    """Keys are rotated, and the old one stays in the ring for ever."""
    _configure(ground, "rotate_every_days = 30")
    ground.patch.setattr(Keeper, "_burn_ripe", lambda *_: [])
    # So that nobody has to wait for the day that is allowed beside the window.
    ground.patch.setattr(final, "SLACK_MS", -1000)

    def change(app: App) -> None:
        _keeper(app).rotate()

    ground.later.append(change)


def burn_one_of_two(ground: Ground) -> None:
    """The burned key still stands on the second copy of the ring, as on a disk that was not mounted then."""
    copy = ground.folder.parent / "second" / "ring.json"
    copy.parent.mkdir(mode=0o700)
    _configure(ground, f'copy = "{copy}"')

    def change(app: App) -> None:
        keeper = _keeper(app)
        keeper.rotate()
        before = copy.read_bytes()
        assert keeper.burn(sites.now())
        copy.write_bytes(before)

    ground.later.append(change)


SABOTAGES = (
    *several(
        "correction.on-proof",
        ("anybody", "Whoever proved some address corrects anybody's data", find_everybody),
        ("one-part", "Of two parts that hold a field one is corrected", forget_a_part),
        ("one-field", "Of several fields one is corrected", forget_a_field),
        ("old-value", "The first value goes on being shown", let_the_first_value_stand),
        ("no-digest", "The digests before and after are of nothing", digest_nothing),
        ("open", "The request stays open although it is done", leave_it_open),
    ),
    *several(
        "erasure.everywhere",
        ("anybody", "Whoever proved some address erases anybody's data", find_everybody),
        ("index", "The index still finds what is erased", keep_the_index),
        ("unlisted", "The list that a restore goes by is not written", list_nothing),
        ("letters", "Answers stay when what they answer is erased", keep_the_letters),
        ("order", "A preservation order is not asked for", ignore_orders),
        ("no-day", "Nobody is told by when backups are final", name_no_day),
        ("receipt", "The receipt does not say that its data are gone", keep_the_receipt),
        ("never-burned", "Old epoch keys are never burned", never_burn),
        ("copy", "A burned key stands on the copy of the ring", burn_one_of_two),
    ),
)
