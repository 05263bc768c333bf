# SPDX-License-Identifier: Apache-2.0
"""The life of a request (pure): which step leads where, and what no step can do.

- Its clocks are stamped when it comes in, by the law of that day, one set for each profile.
- Only `extend` moves a clock, once, before it ends, and only if its law allows that.
- A refusal names a ground that each law it is under gives for this kind of request.
- After an end nothing moves.

`rights.request` stores it; what fulfils a request is `rights.fulfil`. Drawn in
docs/design/life-of-a-request.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from uphold.errors import Conflict, Invalid
from uphold.law import clock, profile
from uphold.law.clock import Clock
from uphold.law.profile import Ground


class Kind(StrEnum):
    """The right that a person exercises."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    WITHDRAWAL = "withdrawal"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    PORTABILITY = "portability"
    COMPLAINT = "complaint"


class State(StrEnum):
    """How far a request is."""

    RECEIVED = "received"
    IDENTITY_ASKED = "identity-asked"
    VERIFIED = "verified"
    IN_WORK = "in-work"
    EXTENDED = "extended"
    """In work, under a term that was made longer."""
    FULFILLED = "fulfilled"
    REFUSED = "refused"
    RETRACTED = "retracted"
    """The person took it back."""
    JOINED = "joined"
    """It asks what an open one asks already; that one goes on for both."""


class Step(StrEnum):
    """What can happen to a request."""

    ASK_IDENTITY = "ask-identity"
    VERIFY = "verify"
    TAKE = "take"
    EXTEND = "extend"
    FULFIL = "fulfil"
    REFUSE = "refuse"
    RETRACT = "retract"
    JOIN = "join"


ENDS = frozenset({State.FULFILLED, State.REFUSED, State.RETRACTED, State.JOINED})
"""From these nothing leads on."""

_LEAVES = {Step.REFUSE: State.REFUSED, Step.RETRACT: State.RETRACTED}
_UNSEEN = {**_LEAVES, Step.JOIN: State.JOINED}

TABLE: Mapping[State, Mapping[Step, State]] = MappingProxyType(
    {
        State.RECEIVED: {
            Step.ASK_IDENTITY: State.IDENTITY_ASKED,
            Step.VERIFY: State.VERIFIED,
            **_UNSEEN,
        },
        State.IDENTITY_ASKED: {Step.VERIFY: State.VERIFIED, **_UNSEEN},
        State.VERIFIED: {Step.TAKE: State.IN_WORK, **_UNSEEN},
        State.IN_WORK: {Step.EXTEND: State.EXTENDED, Step.FULFIL: State.FULFILLED, **_LEAVES},
        # A second extension is of another law's clock.
        State.EXTENDED: {Step.EXTEND: State.EXTENDED, Step.FULFIL: State.FULFILLED, **_LEAVES},
        **{end: {} for end in sorted(ENDS)},
    }
)
"""Where each step leads from each state."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it stands. Times are unix milliseconds."""

    kind: Kind
    profiles: tuple[str, ...]
    """The laws it is under."""
    received: int
    clocks: tuple[Clock, ...]
    """Empty for a kind to which no law gives a term."""
    blocks: bool
    """A law has the data blocked from the moment it came in until it ends."""
    state: State = State.RECEIVED
    moved: int = 0
    """When it came into this state."""
    ground: str = ""
    """Why it was refused: the id of one of `grounds()`."""

    @property
    def open(self) -> bool:
        """Whether it still waits for something."""
        return self.state not in ENDS

    @property
    def blocking(self) -> bool:
        """Whether the data it is about are to be blocked now."""
        return self.blocks and self.open

    @property
    def alarm(self) -> Clock | None:
        """The clock that ends first, of whichever law; None once it has ended or where no law gives a term."""
        return clock.earliest(self.clocks) if self.open else None

    def late(self, now: int) -> bool:
        """Whether a term has passed and it is still open."""
        first = self.alarm
        return first is not None and first.late(now)

    def soon(self, now: int) -> bool:
        """Whether a term that is open comes to its end, or has passed: time to tell the officer."""
        return self.open and any(one.soon(now) for one in self.clocks)


@dataclass(frozen=True, slots=True)
class Move:
    """One step at a time: `profile` whose clocks an extension moves, `ground` of a refusal."""

    step: Step
    at: int
    profile: str = ""
    ground: str = ""


def receive(kind: Kind, profiles: Iterable[str], at: int, zone: str = "") -> Request:
    """A new request with its clocks, as the laws of that day have them.

    `zone` is the operator's time zone; "" means each profile's. Raises `errors.Missing` for an unknown
    profile or zone, `errors.Invalid` for none.
    """
    names = tuple(dict.fromkeys(profiles))
    if not names:
        raise Invalid("A request is under a law.", "Name a profile, such as ru-152fz.")
    trigger = f"request.{kind}"
    return Request(
        kind=kind,
        profiles=names,
        received=at,
        clocks=clock.under(names, trigger, at, zone),
        blocks=any(rule.blocks for name in names for rule in clock.rules(name, trigger, at, zone)),
        moved=at,
    )


def move(request: Request, by: Move) -> Request:
    """The request after a step.

    Raises `errors.Conflict` for a step that its state does not allow or an extension too late or done
    before, `errors.Invalid` for a refusal without a lawful ground or an extension that no law allows.
    """
    leads = TABLE[request.state]
    if by.step not in leads:
        raise Conflict(
            f"A request that is {request.state} cannot {by.step}.",
            f"It can: {', '.join(leads)}." if leads else "It has ended; a new request can be made.",
        )
    if by.at < request.moved:
        raise Conflict("The step lies before the request's last one.", "Look at the clock.")
    after = replace(request, state=leads[by.step], moved=by.at)
    match by.step:
        case Step.EXTEND:
            return replace(after, clocks=_extended(request, by))
        case Step.REFUSE:
            return replace(after, ground=_ground(request, by.ground))
        case _:
            return after


def extendable(request: Request, now: int) -> tuple[str, ...]:
    """The profiles whose clocks can be extended now."""
    if Step.EXTEND not in TABLE[request.state]:
        return ()
    running = (c.profile for c in request.clocks if not c.late(now) and clock.can_extend(c))
    return tuple(dict.fromkeys(running))


def grounds(request: Request) -> tuple[Ground, ...]:
    """The grounds on which it can be refused: those that each of its laws gives, in the first one's words."""
    given = [
        {one.id: one for one in profile.profile(name).grounds if request.kind in one.kinds}
        for name in request.profiles
    ]
    return tuple(one for one in given[0].values() if all(one.id in law for law in given))


def answers_too(earlier: Request, later: Request) -> bool:
    """Whether an open request will answer a later one of the same person about the same data.

    It does if it is of the same kind and none of its terms ends later than the later one's: joining never
    gives the operator more time.
    """
    due = {(one.profile, one.rule): one.due for one in earlier.clocks}
    return (
        earlier.open
        and earlier.kind is later.kind
        and all(due.get((c.profile, c.rule), c.due + 1) <= c.due for c in later.clocks)
    )


def _extended(request: Request, by: Move) -> tuple[Clock, ...]:
    under = [one for one in request.clocks if one.profile == by.profile]
    if not under:
        raise Invalid(
            f"The request has no term under {by.profile or 'no law'}.",
            f"Name one of: {', '.join(request.profiles)}.",
        )
    # If none can be, the law's own refusal is raised.
    chosen = [one for one in under if clock.can_extend(one)] or under
    return tuple(clock.extend(one, by.at) if one in chosen else one for one in request.clocks)


def _ground(request: Request, name: str) -> str:
    known = [ground.id for ground in grounds(request)]
    if name not in known:
        raise Invalid(
            f"The law gives no ground {name!r} for refusing {request.kind}."
            if name
            else "A refusal names its ground.",
            f"Use one of: {', '.join(known)}.",
        )
    return name
