# SPDX-License-Identifier: Apache-2.0
"""A device with passkeys, in software: what a probe shows a site, rightly and wrongly (WebAuthn, section 6).

    device = Authenticator("https://uphold.example", "uphold.example")
    device.make(options)     device.show(options)      the browser's answer, as the page's form posts it

It tells the truth unless told otherwise: another origin, another challenge, a counter that stands still.
"""

import base64
import hashlib
import json
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor

_PRESENT, _ATTESTED = 0x01, 0x40
_NO_MAKER = bytes(16)


def _curve() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(slots=True)
class Authenticator:
    """One device with one key, in a browser at `origin`; `host` is what its passkeys are bound to.

    Not every device counts; one that does not says 0 always.
    """

    origin: str
    host: str
    counter: int = 0
    counts: bool = True
    flags: int = _PRESENT
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=_curve, repr=False)

    def make(self, options: Mapping[str, Any]) -> str:
        """Answer the options for making a passkey."""
        data = self._data(_ATTESTED)
        data += _NO_MAKER + struct.pack(">H", len(self.credential)) + self.credential
        data += cbor.encode(_cose(self.key))
        stated = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", options)
        return self._written(clientDataJSON=told, attestationObject=stated)

    def show(self, options: Mapping[str, Any]) -> str:
        """Answer the options for showing a passkey; the counter goes on if there is one."""
        self.counter += self.counts
        data, told = self._data(), self._told("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(clientDataJSON=told, authenticatorData=data, signature=signature)

    def _data(self, more: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + struct.pack(">BI", self.flags | more, self.counter)

    def _told(self, act: str, options: Mapping[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        told = {"type": act, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _written(self, **response: bytes) -> str:
        name = _text(self.credential)
        answer = {key: _text(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": answer})


def _cose(key: ec.EllipticCurvePrivateKey) -> dict[int, int | bytes]:
    """Write the public half as a COSE key: kind, algorithm ES256, curve, coordinates (RFC 9053, section 7.1.1)."""
    at = key.public_key().public_numbers()
    return {1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32, "big"), -3: at.y.to_bytes(32, "big")}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
