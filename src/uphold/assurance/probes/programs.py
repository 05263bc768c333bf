# SPDX-License-Identifier: Apache-2.0
"""Probes of the API: a program without a good token finds nothing, one with a token gets no more than it was given."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from uphold.access import client
from uphold.access.client import Made, Terms
from uphold.access.permission import Permission, Role
from uphold.assurance import trail
from uphold.assurance.probe import N_, Kind, Outcome, Probe, Said, judged, not_shown, said
from uphold.assurance.scene import Scene
from uphold.assurance.visitor import Answer
from uphold.vault import identifier

DOCUMENT = "/api/openapi.json"
BASE = "/api/v1"
OPENED, DENIED = "record.opened", "access.denied"
# What every client may look at: itself, and what is public anyway. Written down apart from the program.
EVERYBODY_S = frozenset({"/client", "/editions", "/editions/{number}", "/journal/head"})
# Nothing is there; its token has ended; it came too often.
_TURNED_AWAY = frozenset({404, 401, 429})
_BODIES: Mapping[str, Mapping[str, str]] = {
    "openRecord": {"purpose": "exercise"},
    "moveEnquiry": {"to": "closed"},
    "moveRequest": {"step": "take"},
}
_PART = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Tried:
    """One operation that was tried. `how` says with which token, `leaks` counts what the run had typed."""

    method: str
    path: str
    how: str
    status: int
    leaks: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An opening that a client asked for: `is_given` says whether it has the purpose.

    `entries` is how many entries of the journal tell that of this client, each proven; `shown` whether the answer
    held what the run had typed.
    """

    is_given: bool
    status: int
    entries: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What a client without scopes was answered, and what came of two openings (none without a form)."""

    tried: tuple[Tried, ...]
    asked: tuple[Asked, ...]


# --- access.strangers-refused -----------------------------------------------------------------------


def _knock(scene: Scene) -> tuple[Tried, ...]:
    """Try every operation without a token, with a made-up one, and with one that was revoked."""
    ended = _client(scene, Role.CLERK, client.offered(Role.CLERK))
    scene.writer.run(lambda tx: client.revoke(tx, ended.number, 0))
    tokens = {
        "nobody": "",
        "forged": client.PREFIX + secrets.token_urlsafe(32),
        "revoked": ended.token,
    }
    return tuple(
        _tried(scene, *operation, how, token)
        for how, token in tokens.items()
        for operation in _operations(scene)
    )


def judge_strangers(tried: Sequence[Tried]) -> Outcome:
    """Judge: whoever has no good token is answered with nothing at any address."""
    if not tried:
        return not_shown(said(N_("The API names no operation.")))
    text = N_("%(method)s %(path)s of the API answers %(status)s with %(how)s token.")
    faults = [
        said(text, method=one.method, path=one.path, status=one.status, how=one.how)
        for one in tried
        if one.status not in _TURNED_AWAY or one.leaks
    ]
    seen = N_("Operations of the API that turned away who has no good token: %(count)s.")
    return judged(faults, said(seen, count=len(tried)))


# --- access.role-limits -----------------------------------------------------------------------------


def _use(scene: Scene) -> Given:
    """Try every operation as a client without scopes; ask to open with the purpose and without it."""
    bare = _client(scene, Role.CLERK, ())
    tried = tuple(_tried(scene, *operation, "bare", bare.token) for operation in _operations(scene))
    purpose = trail.served(scene, Role.CLERK) if scene.edition.forms else ""
    if not purpose:
        return Given(tried, ())
    return Given(tried, tuple(_ask(scene, purpose, is_given=given) for given in (False, True)))


def _ask(scene: Scene, purpose: str, *, is_given: bool) -> Asked:
    own = scene.submission()
    scopes = (Permission.ENQUIRY_LIST, Permission.RECORD_OPEN)
    who = _client(scene, Role.CLERK, scopes, (purpose,) if is_given else ())
    before = trail.size(scene)
    path = _address(scene, "/enquiries/{id}/open", own.record)
    answer = _send(scene, "POST", path, {"purpose": purpose}, who.token)
    wanted = OPENED if is_given else DENIED
    mine = [
        one
        for one in trail.about(scene, own.record, before, wanted)
        if one.codes["staff"] == who.number and one.proven
    ]
    shown = any(mark in answer.text for mark in own.marks)
    return Asked(is_given, answer.status, len(mine), shown)


def judge_limits(given: Given) -> Outcome:
    """Judge: without a scope nothing but what is everybody's, without the purpose a journaled no."""
    if not given.tried:
        return not_shown(said(N_("The API names no operation.")))
    return judged(
        [*_beyond(given.tried), *_readings(given.asked)],
        said(
            N_(
                "Operations that a client without scopes was refused: %(count)s; openings that were decided and"
                " journaled: %(asked)s."
            ),
            count=sum(one.path not in EVERYBODY_S for one in given.tried),
            asked=len(given.asked),
        ),
    )


def _beyond(tried: Sequence[Tried]) -> Iterator[Said]:
    for one in tried:
        if (one.status == 403 or one.path in EVERYBODY_S) and not one.leaks:
            continue
        text = N_("%(method)s %(path)s of the API answers %(status)s to a client without scopes.")
        yield said(text, method=one.method, path=one.path, status=one.status)


def _readings(asked: Sequence[Asked]) -> Iterator[Said]:
    for one in asked:
        if one.is_given and (one.status != 200 or not one.shown):
            text = N_("A client was not shown what it was given to read (status %(status)s).")
            yield said(text, status=one.status)
        elif not one.is_given and (one.status != 403 or one.shown):
            text = N_("A client opened a record for a purpose that it was not given.")
            yield said(text)
        elif one.entries != 1:
            text = N_("An opening by a client left another number of proven entries than one.")
            yield said(text)


# --- asking -----------------------------------------------------------------------------------------


def _client(
    scene: Scene, role: Role, scopes: Sequence[Permission], purposes: Sequence[str] = ()
) -> Made:
    """Make a client of the run, which ends with it."""
    name = f"exercise-{scene.run}-{secrets.token_hex(8)}"
    terms = Terms(name, role, frozenset(scopes), frozenset(purposes), 1, scene.run)
    edition = scene.edition
    return scene.writer.run(lambda tx: client.make(tx, terms, edition, 0))


def _operations(scene: Scene) -> list[tuple[str, str, str]]:
    """The operations that the site says it has: method, path below the API, name."""
    told: Any = scene.stranger().get(DOCUMENT).json()
    paths = told.get("paths", {}) if isinstance(told, dict) else {}
    return [
        (method.upper(), path, str(one.get("operationId", "")))
        for path, found in paths.items()
        for method, one in found.items()
    ]


def _tried(scene: Scene, method: str, path: str, name: str, how: str, token: str) -> Tried:
    sent = scene.submission() if scene.edition.forms else None
    address = _address(scene, path, sent.record if sent else 1)
    answer = _send(scene, method, address, _BODIES.get(name), token)
    leaks = sum(mark in answer.text for mark in (sent.marks if sent else ()))
    return Tried(method, path, how, answer.status, leaks)


def _address(scene: Scene, path: str, record: int) -> str:
    id_ = scene.ring.identifiers.encode(identifier.ENQUIRY, record)
    return BASE + _PART.sub(lambda found: id_ if found[1] == "id" else "1", path)


def _send(
    scene: Scene, method: str, address: str, sent: Mapping[str, str] | None, token: str
) -> Answer:
    headers = {"accept": "application/json", "idempotency-key": secrets.token_hex(16)}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if sent is None:
        return scene.stranger().ask(method, address, None, headers)
    headers["content-type"] = "application/json"
    return scene.stranger().ask(method, address, json.dumps(sent).encode(), headers)


STRANGERS = Probe(
    id="access.strangers-refused.programs",
    promise="access.strangers-refused",
    kind=Kind.ATTACK,
    does=N_("Tries every operation of the API without a token, with a forged and a revoked one."),
    act=_knock,
    oracle=judge_strangers,
)
LIMITS = Probe(
    id="access.role-limits.programs",
    promise="access.role-limits",
    kind=Kind.ATTACK,
    does=N_(
        "Tries every operation of the API as a client without scopes, then opens a record with the purpose and"
        " without it."
    ),
    act=_use,
    oracle=judge_limits,
)

PROBES = (STRANGERS, LIMITS)
