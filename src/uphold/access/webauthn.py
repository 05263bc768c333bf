# SPDX-License-Identifier: Apache-2.0
"""What a browser is asked for a passkey, and whether what it answers proves one (W3C WebAuthn Level 3). Pure.

The answers are bound to this site by the browser (origin, hash of its name) and to one question by the
challenge. Who made the device is not asked: attestation would tell more of a person than is needed.
"""

import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    CollectedClientData,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

ALGORITHMS = (-7, -8, -257)
"""ES256, EdDSA and RS256: what devices have; no other key is taken (IANA, COSE Algorithms)."""
LONGEST = 16_384
"""A longer answer, in characters, is not looked at: a device's is one or two thousand."""

# What reading bytes of a stranger's choice may end in. The library raises no kind of error of its own.
_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    msgspec.DecodeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Site:
    """To whom passkeys are made: `host` is what they are bound to, `origin` where they may be shown."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey: its id, the public key with what belongs to it, and where its counter stands."""

    credential: bytes
    attested: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey that was shown to be at hand, and where its counter stands now."""

    credential: bytes
    counter: int


def site(address: str) -> Site | None:
    """Tell to whom a site's passkeys are made; None where browsers make none: no name, or no TLS.

    A site on this machine is asked for by its name, `localhost`, because a number is no name.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    is_local = host == "localhost" or _is_loopback(host)
    if is_local:
        host = "localhost"
    elif parts.scheme != "https" or _is_number(host):
        return None
    port = (
        f":{parts.port}" if parts.port not in {None, 80 if parts.scheme == "http" else 443} else ""
    )
    return Site(host, f"{parts.scheme}://{host}{port}", host)


def creation(
    to: Site, who: bytes, login: str, known: Sequence[bytes], challenge: bytes
) -> dict[str, Any]:
    """Return the options for making a passkey, as JSON; a device with one of `known` makes no second."""
    user = PublicKeyCredentialUserEntity(id=who, name=login, display_name=login)
    options, _ = _server(to).register_begin(
        user,
        [AttestedCredentialData(one) for one in known],
        # It is a second step: nobody needs to be found by it, so the device need not remember who.
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=challenge,
    )
    return dict(options)


def question(to: Site, known: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """Return the options for showing one of the passkeys `known`, as JSON."""
    options, _ = _server(to).authenticate_begin(
        [AttestedCredentialData(one) for one in known],
        UserVerificationRequirement.PREFERRED,
        challenge,
    )
    return dict(options)


def made(to: Site, challenge: bytes, given: str) -> Made | None:
    """Return the passkey that a browser's answer proves to have been made just now for us, else None."""
    try:
        answer = _read(given)
        data = _server(to).register_complete(_state(challenge), answer)
        if _is_framed(RegistrationResponse.from_dict(answer).response.client_data):
            return None
        attested = data.credential_data
        if attested is None or attested.public_key.ALGORITHM not in ALGORITHMS:
            return None
        return Made(attested.credential_id, bytes(attested), data.counter)
    except _FAULTS:
        return None


def shown(to: Site, challenge: bytes, known: Sequence[bytes], given: str) -> Shown | None:
    """Return the one of `known` that a browser's answer proves to be at hand just now, else None."""
    try:
        answer = _read(given)
        keys = [AttestedCredentialData(one) for one in known]
        found = _server(to).authenticate_complete(_state(challenge), keys, answer)
        response = AuthenticationResponse.from_dict(answer).response
        if _is_framed(response.client_data):
            return None
        return Shown(found.credential_id, response.authenticator_data.counter)
    except _FAULTS:
        return None


def is_copied(before: int, now: int) -> bool:
    """Tell whether a counter shows that somebody else has the same key (WebAuthn, section 6.1.1).

    A device without a counter says 0 always.
    """
    return (before or now) != 0 and now <= before


def _server(to: Site) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(id=to.host, name=to.name)
    none = AttestationConveyancePreference.NONE
    # Exactly our own origin: by itself the library would take any host below ours as well.
    server = Fido2Server(entity, none, verify_origin=lambda origin: origin == to.origin)
    public = PublicKeyCredentialType.PUBLIC_KEY
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=public, alg=one) for one in ALGORITHMS
    ]
    return server


def _state(challenge: bytes) -> dict[str, Any]:
    return dict(
        Fido2Server._make_internal_state(  # noqa: SLF001 - what `…_begin` hands over, and nothing else makes
            challenge, UserVerificationRequirement.PREFERRED
        )
    )


def _read(given: str) -> dict[str, Any]:
    if len(given) > LONGEST:
        raise ValueError("Longer than any device's answer.")
    return msgspec.json.decode(given, type=dict[str, Any])


def _is_framed(data: CollectedClientData) -> bool:
    """Tell whether it was asked for from within another's page."""
    return bool(data.cross_origin)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_number(host) and ipaddress.ip_address(host).is_loopback
