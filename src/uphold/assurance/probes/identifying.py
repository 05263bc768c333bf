# SPDX-License-Identifier: Apache-2.0
"""Probes of what threatens the site: the model is of this very site, and follows each change of it."""

import contextlib
import hashlib
import ipaddress
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from uphold import errors
from uphold.access import staff
from uphold.access.staff import State as Standing
from uphold.assurance import modelled, threatened, tried
from uphold.assurance.probe import N_, Kind, Outcome, Probe, judged, said
from uphold.assurance.scene import Scene
from uphold.config import Settings
from uphold.database.transaction import Transaction
from uphold.journal import entry, proof
from uphold.policy.document import Edition
from uphold.threats import element, register, rule, stored
from uphold.threats.element import SITE, Model

PROMISE: Final = "threats.identified"
MODELLED: Final = "threats.modelled"
_LONG: Final = 720
"""So many minutes a session of staff may last before it is a threat."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


# --- the model is of this site ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """What the stored model says, beside what there is: elements by id, facts by `element.fact`.

    `is_journaled` tells that a signed head is proven to contain the entry with the model's digest.
    """

    is_stored: bool
    is_journaled: bool
    elements: frozenset[str]
    there: frozenset[str]
    facts: Mapping[str, bool | None]
    seen: Mapping[str, bool]


def _compare(scene: Scene) -> Compared:
    tried.look(scene)
    with scene.read() as connection:
        found = stored.newest(connection)
        accounts = staff.accounts(connection)
        is_journaled = found is not None and _is_journaled(scene, connection, found)
    there = {
        *_declared(scene.edition),
        *(f"account:{one.number}" for one in accounts if one.state is not Standing.CLOSED),
        SITE,
    }
    seen = _seen(scene)
    if found is None:
        nothing = frozenset[str]()
        return Compared(
            is_stored=False,
            is_journaled=False,
            elements=nothing,
            there=frozenset(there),
            facts={},
            seen=seen,
        )
    model = element.read(found.body)
    return Compared(
        is_stored=True,
        is_journaled=is_journaled,
        elements=frozenset(one.id for one in model.elements if one.kind in _KINDS),
        there=frozenset(there),
        facts={name: _said(model, name) for name in seen},
        seen=seen,
    )


_KINDS: Final = ("site", "form", "field", "purpose", "recipient", "account")


def _declared(edition: Edition) -> Iterator[str]:
    """Name every form, field, purpose and recipient of an edition as the model does."""
    for form in edition.forms.values():
        yield f"form:{form.key}"
        yield from (f"field:{form.key}.{field.key}" for field in form.fields)
    yield from (f"purpose:{name}" for name in edition.policy.purposes)
    yield from (f"recipient:{name}" for name in edition.policy.recipients)


def _seen(scene: Scene) -> dict[str, bool]:
    """Find out by other means some of what the model says."""
    settings = scene.settings
    return {
        "site.https": settings.site.address.startswith("https://"),
        "site.second_factor_required": settings.console.second_factor == "required",
        "site.detection_on": settings.detection.on,
        "site.policy_in_force": True,
        "key:ring.private": _is_private(scene.files.ring),
    }


def _is_private(path: Path) -> bool:
    own, around = path.stat().st_mode, path.parent.stat().st_mode
    return not own & _OTHERS or not around & _OTHERS


def _said(model: Model, name: str) -> bool | None:
    id_, _, fact = name.rpartition(".")
    found = model.element(id_)
    value = None if found is None else found.value(fact)
    return value if isinstance(value, bool) else None


def _is_journaled(scene: Scene, connection: Connection, found: stored.Stored) -> bool:
    try:
        raw = scene.log.entry(connection, found.entry)
        proof.check(scene.log.proof(connection, found.entry), raw, scene.log.verifier)
        told = entry.decode(raw)
    except errors.UpholdError:
        return False
    digest = hashlib.sha256(found.body).hexdigest()
    return told.kind == MODELLED and told.codes["model"] == digest == found.digest


def judge_model(found: Compared) -> Outcome:
    """Judge: the model has each thing that there is and no other, says of it what is so, and is in the journal."""
    if not found.is_stored:
        return judged([said(N_("There is no model of what threatens the site."))])
    faults = [
        *tried.some(N_("The model does not know %(name)s."), found.there - found.elements),
        *tried.some(
            N_("The model has %(name)s, which is not there."), found.elements - found.there
        ),
    ]
    for name, value in found.seen.items():
        if found.facts.get(name) is not value:
            faults.append(said(N_("The model says of %(name)s what is not so."), name=name))
    if not found.is_journaled:
        faults.append(said(N_("The model is not the one that the journal knows.")))
    text_ = N_("Elements that were counted and are in the model: %(count)s.")
    return judged(faults, said(text_, count=len(found.there)))


# --- it follows each change ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of pretending a change: whether the model changed, and what the register did about it.

    `threat` is the finding that must come by it or go; `found` tells that it did so, `named` that the journal's
    entry on the model is said to be its cause, `back` that the model is as it was once nothing is pretended.
    """

    what: str
    threat: str
    changed: bool
    found: bool
    named: bool
    back: bool


def _pretend(scene: Scene) -> tuple[Tried, ...]:
    tried.look(scene)
    return tuple(_tried(scene, one) for one in _pretences(scene.settings))


@dataclass(frozen=True, slots=True)
class _Pretence:
    """Settings that nobody has, and the finding that comes by them or goes."""

    what: str
    threat: str
    comes: bool
    settings: Settings


def _pretences(settings: Settings) -> Iterator[_Pretence]:
    """Turn each of some settings round, whatever it is."""
    changed, own = msgspec.structs.replace, settings.site
    is_clear = _is_clear(own.address)
    address = "https://pretended.example" if is_clear else "http://pretended.example"
    site = changed(settings, site=changed(own, address=address))
    yield _Pretence("site.address", "address-without-tls@site", not is_clear, site)
    is_on = settings.detection.on
    turned = changed(settings, detection=changed(settings.detection, on=not is_on))
    yield _Pretence("detection.on", "detection-off@site", is_on, turned)
    is_long = settings.console.longest_minutes > _LONG
    minutes = _LONG if is_long else _LONG + 1
    console = changed(settings.console, longest_minutes=minutes)
    lasting = changed(settings, console=console)
    yield _Pretence("console.longest_minutes", "session-too-long@site", not is_long, lasting)


def _is_clear(address: str) -> bool:
    """Whether people reach an address over a network without TLS."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    with contextlib.suppress(ValueError):
        return parts.scheme == "http" and not ipaddress.ip_address(host).is_loopback
    return parts.scheme == "http" and host != "localhost"


def _tried(scene: Scene, one: _Pretence) -> Tried:
    known, verifier, now = tried.site(scene), scene.log.verifier, scene.now
    with scene.read() as connection:
        before = modelled.derive(connection, known, now).canonical()
        pretended = replace(known, settings=one.settings)
        judged_ = threatened.judge(connection, pretended, verifier, now)
        after = modelled.derive(connection, known, now).canonical()
    told: list[stored.Told] = []
    index = -1

    def work(tx: Transaction) -> None:
        nonlocal index
        last = stored.said_last(tx)
        names = rule.catalogue().keys()
        index = register.look(tx, judged_.model, judged_.findings, names).modelled
        told.extend(stored.changes(tx, last))
        raise tried.UndoneError

    with contextlib.suppress(tried.UndoneError):
        scene.writer.run(work)
    mine = [each for each in told if each.uid == one.threat]
    is_there = one.threat in {each.uid for each in judged_.findings}
    return Tried(
        what=one.what,
        threat=one.threat,
        changed=judged_.model.canonical() != before,
        found=is_there is one.comes and bool(mine),
        named=all(each.cause == index for each in mine),
        back=after == before,
    )


def judge_changes(found: tuple[Tried, ...]) -> Outcome:
    """Judge: each pretended change changed the model, brought its threat with its cause, and left no trace."""
    faults = []
    for one in found:
        texts = {
            N_("%(what)s was changed, and the model of threats did not change."): one.changed,
            N_("%(what)s was changed, and the threat %(threat)s was not found."): one.found,
            N_("%(what)s was changed, and %(threat)s does not name what caused it."): one.named,
            N_("%(what)s was put back, and the model of threats is another than before."): one.back,
        }
        wrong = [text_ for text_, is_well in texts.items() if not is_well]
        faults += [said(text_, what=one.what, threat=one.threat) for text_ in wrong]
    text_ = N_(
        "Settings that were pretended to be others, each time with its own threat: %(count)s."
    )
    return judged(faults, said(text_, count=len(found)))


MODEL = Probe(
    id="threats.identified.model",
    promise=PROMISE,
    kind=Kind.EXAMINE,
    does=N_(
        "Compares the model that threats are judged on with what there is: forms, purposes, staff, settings, files."
    ),
    act=_compare,
    oracle=judge_model,
)
CHANGE = Probe(
    id="threats.identified.change",
    promise=PROMISE,
    kind=Kind.ATTACK,
    does=N_(
        "Pretends other settings, and looks whether the model changes, the threat is found and its cause is named."
    ),
    act=_pretend,
    oracle=judge_changes,
)
PROBES = (MODEL, CHANGE)
