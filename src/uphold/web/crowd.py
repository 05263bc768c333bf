# SPDX-License-Identifier: Apache-2.0
"""The connections of a server: how many stand, and how much memory those who are slow may keep (pure bookkeeping).

At the bound nobody new would be served, so whoever has kept the server waiting longest gives way: a connection that
is idle, or whose request does not come to its end, or whose reader does not read. Who waits for the server is never
sent away; when all do, the newcomer is.
"""

from collections import OrderedDict
from typing import Protocol

CONNECTIONS = 12_000
# Of all requests that are not all here yet or wait for answers before theirs, and of all answers that are not read yet.
BEGUN_BYTES = 1 << 26
UNREAD_BYTES = 1 << 26
# So many are told why they are not served; beyond them connections are just closed.
MOST_TOLD = 200


class Member(Protocol):
    """A connection."""

    def give_way(self) -> None:
        """End, for the sake of others."""


class Share:
    """So much of something for all; beyond it whoever has held some of it longest gives way."""

    def __init__(self, most: int) -> None:
        """Nobody holds anything."""
        self._most = most
        self._holders: OrderedDict[Member, int] = OrderedDict()
        self.held = 0

    def take(self, member: Member, amount: int) -> None:
        """Let a member hold so much more."""
        self._holders[member] = self._holders.get(member, 0) + amount
        self.held += amount
        while self.held > self._most:
            longest = next(iter(self._holders))
            self.drop(longest)
            longest.give_way()

    def hold(self, member: Member, amount: int) -> None:
        """Let a member hold so much in all."""
        self.take(member, amount - self._holders.get(member, 0))

    def drop(self, member: Member) -> None:
        """Know that a member holds nothing any more."""
        self.held -= self._holders.pop(member, 0)


class Crowd:
    """All connections of one server. Used from one event loop."""

    def __init__(self, most: int = CONNECTIONS) -> None:
        """Nobody is there."""
        self._most = most
        self._waited_for: OrderedDict[Member, None] = OrderedDict()
        self.begun = Share(BEGUN_BYTES)
        self.unread = Share(UNREAD_BYTES)
        self.told = 0

    def admits(self, standing: int) -> bool:
        """Whether one more may come to those who stand; makes room where somebody keeps the server waiting."""
        if standing < self._most:
            return True
        if not self._waited_for:
            return False
        longest, _ = self._waited_for.popitem(last=False)
        longest.give_way()
        return True

    def wait_for(self, member: Member) -> None:
        """Know that from now on it is the client who must do something."""
        self._waited_for[member] = None
        self._waited_for.move_to_end(member)

    def serve(self, member: Member) -> None:
        """Know that from now on the client waits."""
        self._waited_for.pop(member, None)

    def leave(self, member: Member) -> None:
        """Forget a connection that is gone."""
        self._waited_for.pop(member, None)
        self.begun.drop(member)
        self.unread.drop(member)
