# SPDX-License-Identifier: Apache-2.0
"""Receipts and the journal, broken: what they prove, whom they tell, whether the past stands."""

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from tests.sabotage import sabotage, stage
from tests.sabotage.sabotage import Ground, Sabotage
from uphold.consent import receipt
from uphold.journal import checkpoint, note
from uphold.journal.checkpoint import Checkpoint
from uphold.submission import validate
from uphold.vault import identifier
from uphold.web import reply
from uphold.web.public import Public
from uphold.web.tiles import Tiles


def sign_with_another_key(ground: Ground) -> None:
    """The receipt's head is signed by a key that is not the journal's."""

    def file(before: Callable[..., bytes], *arguments: Any) -> bytes:
        raw = before(*arguments)
        head, _, _ = raw.rpartition(b"\n\n")
        path, _, text = head.rpartition(b"\n\n")
        origin = text.split(b"\n")[0].decode()
        return path + b"\n\n" + note.Signer(origin, bytes(32)).sign(text + b"\n")

    ground.wrap(receipt, "file", file)


def hand_out_a_kind_script(ground: Ground) -> None:
    def script(before: Callable[..., Any], tiles: Tiles, request: Any) -> Any:
        return Response(b"#!/bin/sh\necho VERIFIED\n", media_type="text/plain; charset=utf-8")

    ground.wrap(Tiles, "script", script)


def hand_out_another_key(ground: Ground) -> None:
    def key(before: Callable[..., Any], tiles: Tiles, request: Any) -> Any:
        other = note.Signer(tiles.app.log.origin, bytes(32))
        return Response(other.vkey + "\n", media_type="text/plain; charset=utf-8")

    ground.wrap(Tiles, "key", key)


def let_caches_keep_it(ground: Ground) -> None:
    ground.patch.setitem(reply.NO_STORE, "cache-control", "public, max-age=3600")


def number_them(ground: Ground) -> None:
    """A plain number opens a receipt, as in so many shops."""

    def facts(before: Callable[..., Any], pages: Public, name: str) -> Any:
        if name.isdigit():
            name = pages.app.ring.identifiers.encode(identifier.RECEIPT, int(name))
        return before(pages, name)

    ground.wrap(Public, "facts", facts)


def show_what_was_typed(ground: Ground) -> None:
    """The consent record repeats the address that was given, as that would be handy."""
    typed: dict[str, str] = {}

    def record(before: Callable[..., Any], pages: Public, request: Any) -> Any:
        response = before(pages, request)
        body = bytes(response.body)[:-1] + f', "email": "{typed["email"]}"}}'.encode()
        headers = {n: v for n, v in response.headers.items() if n != "content-length"}
        return Response(body, headers=headers)

    def check(before: Callable[..., Any], offer: Any, posted: Any) -> Any:
        typed.update(posted)
        return before(offer, posted)

    ground.wrap(Public, "consent_record", record)
    ground.wrap(validate, "check", check)


def show_two_histories(ground: Ground) -> None:
    """Whoever asks for the head gets another one than the receipts, signed by the real key."""

    def served(before: Callable[..., Any], tiles: Tiles, request: Any) -> Any:
        with tiles.app.database.read() as connection:
            head = tiles.app.log.head(connection)
        other = Checkpoint(tiles.app.log.origin, head.size, bytes(32))
        signed = tiles.app.log._signer.sign(checkpoint.text(other))
        return Response(signed, media_type="text/plain; charset=utf-8")

    ground.wrap(Tiles, "checkpoint", served)


def write_history_anew(ground: Ground) -> None:
    """After a proof, one time in the past is moved and all is signed anew by the real key, head file and all."""
    sabotage.examined(ground, frozenset({"journal.append-only"}))
    with stage.opened(ground.folder) as app, app.database.read() as connection:
        entries = [raw for _, raw in app.log.entries(connection)]
    consent = next(at for at, raw in enumerate(entries) if b'"consent.given"' in raw)
    entries[consent] = re.sub(rb'"at":"\d{4}', b'"at":"2025', entries[consent])
    ground.sql("DELETE FROM journal_batch", "DELETE FROM journal_head")
    (ground.folder / "keys" / "head").unlink()
    with stage.opened(ground.folder) as app:
        app.writer.run(lambda tx: [tx.append(raw) for raw in entries])


def cut_the_past_off(ground: Ground) -> None:
    """The tiles are served without their last hash."""

    def tile(before: Callable[..., Any], tiles: Tiles, request: Any) -> Any:
        response = before(tiles, request)
        return Response(bytes(response.body)[:-32], media_type="application/octet-stream")

    ground.wrap(Tiles, "tile", tile)


SABOTAGES = (
    Sabotage(
        "receipt.verifiable/key",
        "receipt.verifiable",
        "Receipts are signed by another key than the journal's",
        sign_with_another_key,
    ),
    Sabotage(
        "receipt.verifiable/script",
        "receipt.verifiable",
        "The script that is handed out says VERIFIED to everything",
        hand_out_a_kind_script,
    ),
    Sabotage(
        "receipt.verifiable/handed-out",
        "receipt.verifiable",
        "The key that is handed out is not the journal's",
        hand_out_another_key,
    ),
    Sabotage(
        "receipt.private/cached",
        "receipt.private",
        "Caches may keep receipts",
        let_caches_keep_it,
    ),
    Sabotage(
        "receipt.private/numbered",
        "receipt.private",
        "A plain number opens a receipt",
        number_them,
    ),
    Sabotage(
        "receipt.private/repeated",
        "receipt.private",
        "The consent record repeats the e-mail address",
        show_what_was_typed,
    ),
    Sabotage(
        "journal.append-only/two-heads",
        "journal.append-only",
        "The head that is served is of another history, signed by the real key",
        show_two_histories,
    ),
    Sabotage(
        "journal.append-only/anew",
        "journal.append-only",
        "The time of a consent is moved and the journal signed anew by the real key",
        write_history_anew,
    ),
    Sabotage(
        "journal.append-only/cut-off",
        "journal.append-only",
        "The tiles no longer lead to the head",
        cut_the_past_off,
    ),
)
