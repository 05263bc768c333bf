# SPDX-License-Identifier: Apache-2.0
"""Several processes write one journal, and are killed at it: no two heads that anybody ever saw tell different stories.

UPHOLD_PROCESSES says how many on each engine, UPHOLD_KILLS how often one is killed, UPHOLD_POSTS how many people
write, UPHOLD_SEED repeats a run's choices.
"""

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path

from tests import fleet, whole
from tests.fleet import Story
from uphold.journal import proof

PROCESSES = int(os.environ.get("UPHOLD_PROCESSES", "2"))
KILLS = int(os.environ.get("UPHOLD_KILLS", "1"))
POSTS = int(os.environ.get("UPHOLD_POSTS", "240"))


def test_no_head_is_split(
    tmp_path: Path, postgresql_url: str, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("UPHOLD_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"UPHOLD_SEED={seed}")
    chance = random.Random(seed)
    with fleet.serving(tmp_path, postgresql_url, PROCESSES) as members:
        story = Story(members, chance)
        asyncio.run(story.run(POSTS, KILLS))
        assert story.killed == KILLS
        unanswered = [sent for sent in story.sent if not sent.acknowledged]
        # What got no answer is sent again, to another process: it is one submission, whatever became of it.
        for sent in unanswered:
            sent.answer = chance.choice(members).post(sent.fields)
            assert sent.acknowledged
        assert len({sent.receipt for sent in story.sent}) == len(story.sent) == POSTS
        for sent in chance.sample(story.sent, 20):
            held = chance.choice(members).get(f"{sent.receipt}.tlog-proof")
            shown = proof.verify(held.body, story.heads.key)
            assert shown.entry.kind == "record.stored"
        for member in members:
            assert member.stop() == 0
            assert "Traceback" not in member.said()
        settings = members[0].settings
        assert whole.faults(settings) == []
        assert whole.count(settings) == POSTS
        with fleet.opened(members[0]) as app:
            proofs = story.heads.check(app, chance)
    figures = {
        "processes": PROCESSES,
        "kills": story.killed,
        "acknowledged": len(story.sent),
        "sent again": len(unanswered),
        "heads": len(story.heads.seen),
        "proofs": proofs,
    }
    for name, value in figures.items():
        record_property(name, value)
    print(figures)
