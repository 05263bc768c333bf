# SPDX-License-Identifier: Apache-2.0
"""The example's folder as of an operator that fills forms in for who agreed to it.

personal.write(folder)      a purpose of its own with an optional box; name and e-mail serve it too
"""

from pathlib import Path

PURPOSE = "prefill"
KEPT = f'[keeps]\npersonalisation = "{PURPOSE}"\n'
DECLARED = """
[purpose.prefill]
clause = "2.2.1"
title.en = "filling in forms for you the next time"
title.ru = "заполнение форм за вас в следующий раз"
basis = "consent"
retention = { after = "received", term = "P1Y" }
actions = ["collect", "record", "store", "use", "destroy"]
categories = ["name", "email"]
roles = ["owner"]
recipients = ["hosting"]
"""
BOX = '\n[[consent]]\npurpose = "prefill"\nmandatory = false\n'


CHANGES = (
    ("policy/policy.toml", "[keeps]\n", KEPT),
    (
        "policy/policy.toml",
        "# --- What keeps each clause",
        f"{DECLARED}\n# --- What keeps each clause",
    ),
    *(
        (
            "forms/feedback.toml",
            f'categories = ["{category}"]\npurposes = ["communication"',
            f'categories = ["{category}"]\npurposes = ["communication", "{PURPOSE}"',
        )
        for category in ("name", "email")
    ),
    ("forms/feedback.toml", "\n[[consent]]", f"{BOX}\n[[consent]]"),
)
"""Files of the example, what stands in them, what stands there instead."""


def files(found: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the example with the purpose, its box, and the two fields."""
    made = dict(found)
    for name, old, new in CHANGES:
        text = made[name].decode()
        assert old in text, old
        made[name] = text.replace(old, new, 1).encode()
    return made


def write(folder: Path) -> None:
    """Change a site's folder."""
    names = ("policy/policy.toml", "forms/feedback.toml")
    found = {name: (folder / name).read_bytes() for name in names}
    for name, raw in files(found).items():
        (folder / name).write_bytes(raw)
