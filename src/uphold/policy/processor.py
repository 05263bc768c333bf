# SPDX-License-Identifier: Apache-2.0
"""Processors: who keeps or carries data on the operator's instruction, as policy.toml declares it (pure).

What a processor is told is in its contract, which must name the data, the operations, the purposes and the duty of
secrecy (152-FZ, article 6, part 3; Regulation (EU) 2016/679, article 28). A contract is no file of a site: what stands
in `policy.toml` is which one it is, what it instructs, and what the processor can read.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from uphold.law import disclosure
from uphold.policy.binding import Fault
from uphold.policy.document import PROCESSOR, Policy, Recipient

OPERATOR: Final = "operator"
"""Says in `run_by` that a host is the operator's own; no recipient may have it as its id."""

_STATED: Final = ("contract", "instruction")


def listed(policy: Policy) -> tuple[Recipient, ...]:
    """Every processor that the policy declares, in its order."""
    return tuple(one for one in policy.recipients.values() if one.kind == PROCESSOR)


def purposes(policy: Policy, name: str) -> tuple[str, ...]:
    """Ids of the purposes whose data a recipient has."""
    return tuple(one.id for one in policy.purposes.values() if name in one.recipients)


def is_whole(one: Recipient) -> bool:
    """Tell whether its contract and its instruction are stated: an edition may be older than these keys."""
    return bool(one.contract and one.instruction)


def faults(policy: Policy, declared: Mapping[str, object]) -> Iterator[Fault]:
    """What is wrong in the tables `[recipient.ID]`, which `declared` has as they stand in the file."""
    for one in policy.recipients.values():
        if one.id == OPERATOR:
            yield (("recipient", one.id), "value", "No recipient may be called 'operator'.",
                   "Choose another id: in uphold.toml this word means the operator itself.")  # fmt: skip
        table = declared.get(one.id)
        stated = table if isinstance(table, dict) else {}
        if one.kind == PROCESSOR:
            yield from _of_processor(policy, one, stated)
        else:
            yield from _of_other(policy, one)


def _of_processor(policy: Policy, one: Recipient, stated: Mapping[str, object]) -> Iterator[Fault]:
    path = ("recipient", one.id)
    for key in _STATED:
        if key not in stated:
            yield ((*path, key), "missing", f"recipient.{one.id}.{key} is missing.",
                   "Nobody may process for you without a contract: name it, with number and date."
                   if key == "contract" else
                   "Say in a sentence what the contract tells it to do and to keep to.")  # fmt: skip
    if "sees" not in stated:
        yield ((*path, "sees"), "missing", f"recipient.{one.id}.sees is missing.",
               "List the categories that it can read; [] where it only holds what is sealed.")  # fmt: skip
    serving = purposes(policy, one.id)
    if not serving:
        yield (path, "recipient-unused", f"Processor {one.id!r} serves no purpose.",
               "Name it in `recipients` of the purposes whose data it has, so that people are told.")  # fmt: skip
    if one.grounds:
        yield ((*path, "grounds"), "value",
               f"{one.id!r} is a processor: it has what its instruction says, on no ground of its own.",
               "Drop the key.")  # fmt: skip
    needed = {category for name in serving for category in policy.purposes[name].categories}
    for category in one.sees:
        if category not in policy.categories:
            yield ((*path, "sees"), "category-unknown", f"Category {category!r} is not declared.",
                   f"Declare it in [category.{category}].")  # fmt: skip
        elif serving and category not in needed:
            yield ((*path, "sees"), "recipient-sees-more",
                   f"Processor {one.id!r} sees {category!r}, which no purpose that names it needs.",
                   "Name it in `recipients` of the purpose whose data these are.")  # fmt: skip


def _of_other(policy: Policy, one: Recipient) -> Iterator[Fault]:
    known = {ground.id: ground for law in policy.laws for ground in disclosure.of_profile(law)}
    for name in one.grounds:
        if name not in known:
            yield (("recipient", one.id, "grounds"), "ground-unknown",
                   f"No law of this policy knows the ground {name!r}.",
                   f"Use one of: {', '.join(n for n, g in known.items() if one.kind in g.to)}.")  # fmt: skip
        elif one.kind not in known[name].to:
            yield (("recipient", one.id, "grounds"), "ground-unknown",
                   f"The ground {name!r} allows nothing to a recipient of kind {one.kind!r}.",
                   f"Drop it; it is for: {', '.join(known[name].to)}.")  # fmt: skip
    for key in (*_STATED, "sees"):
        if getattr(one, key):
            yield (("recipient", one.id, key), "value",
                   f"{one.id!r} is no processor: it has no instruction of yours.",
                   'Drop the key, or write kind = "processor".')  # fmt: skip
