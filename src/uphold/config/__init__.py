# SPDX-License-Identifier: Apache-2.0
"""What `uphold.toml` says: one frozen, documented structure. A secret is named by a file's path, never inline.

Nothing overrides it and nothing changes it at run time: what is in force is what stands in the file.
"""

from uphold.config.sections import (
    Api,
    Backup,
    Console,
    Copies,
    DatabaseSettings,
    Detection,
    Keys,
    Limits,
    Mail,
    Minimal,
    Proof,
    Serve,
    Site,
    Threats,
    Visits,
)
from uphold.config.settings import FILE, Settings, load, parse, refuse_bare_network

__all__ = [
    "FILE",
    "Api",
    "Backup",
    "Console",
    "Copies",
    "DatabaseSettings",
    "Detection",
    "Keys",
    "Limits",
    "Mail",
    "Minimal",
    "Proof",
    "Serve",
    "Settings",
    "Site",
    "Threats",
    "Visits",
    "load",
    "parse",
    "refuse_bare_network",
]
