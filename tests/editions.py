# SPDX-License-Identifier: Apache-2.0
"""The example policy as an edition, and narrower ones made of it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import uphold
from uphold.policy import digest, publish
from uphold.policy.document import Edition, Field, Form, Policy

EXAMPLE = Path(uphold.__file__).parent / "example"
PURPOSE = "communication"
FORM = "feedback"
FIELDS = frozenset({"name", "email", "phone", "message"})


def files() -> dict[str, bytes]:
    """The files of the example site, by name."""
    return {
        path.relative_to(EXAMPLE).as_posix(): path.read_bytes()
        for folder in ("policy", "forms")
        for path in sorted((EXAMPLE / folder).iterdir())
    }


@cache
def example() -> Edition:
    archive = publish.prepare(files())
    return publish.load(archive, digest.of(archive), 1, 0, 0)


def make(
    *,
    without_purpose: str = "",
    without_field: str = "",
    without_form: bool = False,
    roles: Sequence[str] | None = None,
    basis: str = "",
) -> Edition:
    """The example with things taken away from it, or its purpose on another ground."""
    edition = example()
    policy = _policy(edition.policy, without_purpose, roles, basis)
    forms = {} if without_form else {FORM: _form(edition.forms[FORM], without_field)}
    return replace(edition, policy=policy, forms=forms)


def _policy(policy: Policy, without: str, roles: Sequence[str] | None, basis: str) -> Policy:
    purpose = policy.purposes[PURPOSE]
    changed = replace(
        purpose,
        roles=purpose.roles if roles is None else tuple(roles),
        basis=basis or purpose.basis,
    )
    purposes = {**policy.purposes, PURPOSE: changed}
    purposes.pop(without, None)
    return replace(policy, purposes=purposes)


def _form(form: Form, without: str) -> Form:
    fields: tuple[Field, ...] = tuple(field for field in form.fields if field.key != without)
    return replace(form, fields=fields)
