# SPDX-License-Identifier: Apache-2.0
"""The digest of what a proof examined: this version of the program, the settings, the edition in force (pure).

Evidence about another configuration says nothing of this one.
"""

import hashlib
from pathlib import Path

import msgspec

from uphold import __version__
from uphold.config import Serve, Settings
from uphold.policy.document import Edition

_encode = msgspec.json.Encoder(order="sorted").encode


def digest(settings: Settings, edition: Edition) -> str:
    """Return the digest, 64 hex digits. Secrets are no part of it: the settings name only their places.

    Nor is where the site listens, which the command line may say otherwise, nor where the folder lies.
    """
    said = _encode([__version__, edition.digest, msgspec.to_builtins(told(settings), enc_hook=str)])
    return hashlib.sha256(said).hexdigest()


def told(settings: Settings) -> Settings:
    """Return the settings without what differs from one process to the next: where it listens, where its folder is."""
    listen = msgspec.structs.replace(settings.serve, host=Serve().host, port=Serve().port)
    return msgspec.structs.replace(settings, folder=Path(), serve=listen)
