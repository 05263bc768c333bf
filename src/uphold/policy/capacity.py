# SPDX-License-Identifier: Apache-2.0
"""Whether a site can take what its forms ask: the weight of a post, the addresses in a part (pure)."""

from collections.abc import Iterator
from typing import Final

from uphold.policy.document import Draft, Field, Form, Policy
from uphold.policy.problem import Problem

ADDRESSES: Final = 4
"""How many addresses a person can be found by in one part; the vault has room for no more."""
_FOUND_BY: Final = ("email", "phone")
# Percent-encoded, as browsers send forms: a character of three bytes in UTF-8. Only a text all of emoji
# and the like weighs more.
_CHARACTER: Final = 9
# What no answer of these types is longer than, whatever their `max`: see submission.validate.
_LONGEST: Final = {"number": 23, "date": 10, "phone": 33}
# The token and the fields that every form has, with room to spare; a digest for each purpose comes on top.
_FRAME: Final = 512
_PURPOSE: Final = 64


def weight(form: Form) -> int:
    """Bytes of a post of this form with every answer as long as it may be."""
    answers = sum(len(field.key) + 2 + _weight(field) for field in form.fields)
    boxes = sum(len(f"&consent.{box.purpose}=yes") for box in form.consents)
    return _FRAME + _PURPOSE * (len(form.purposes) + 2) + answers + boxes


def _weight(field: Field) -> int:
    if field.type == "choice":
        return max((len(option.value) for option in field.options), default=0)
    return _CHARACTER * _LONGEST.get(field.type, field.max)


def overweight(draft: Draft, body_bytes: int) -> Iterator[Problem]:
    """The forms whose longest answers do not fit into `limits.body_bytes` of uphold.toml."""
    for form in draft.forms.values():
        if weight(form) > body_bytes:
            yield Problem(
                f"forms/{form.key}.toml", 0, "form-too-heavy",
                f"The longest answers weigh {weight(form)} bytes; the site takes {body_bytes}.",
                "Give long fields a smaller max, or set [limits] body_bytes in uphold.toml to "
                f"{weight(form)} or more.")  # fmt: skip


def crowded(policy: Policy, form: Form) -> Iterator[tuple[int, str]]:
    """The fields (by place, with the purpose) that bring a part more addresses than it has room for.

    The evidence of consent names the addresses of all purposes consented to. Another purpose has those
    of its own that the evidence does not name, even when every optional box stays empty.
    """
    found = [(at, field) for at, field in enumerate(form.fields) if field.type in _FOUND_BY]
    boxes = {box.purpose for box in form.consents}
    sure = {box.purpose for box in form.consents if box.mandatory}
    yield from _beyond(policy.evidence, [at for at, one in found if boxes & set(one.purposes)])
    for purpose in form.purposes:
        if purpose not in boxes:
            own = [at for at, one in found
                   if purpose in one.purposes and not sure & set(one.purposes)]  # fmt: skip
            yield from _beyond(purpose, own)


def _beyond(purpose: str, places: list[int]) -> Iterator[tuple[int, str]]:
    if len(places) > ADDRESSES:
        yield places[ADDRESSES], purpose
