# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load, many times: what was acknowledged is there, and all of it is whole.

UPHOLD_KILLS says how often on each engine, UPHOLD_SEED repeats a run's moments.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import site_process, whole
from tests.site_process import Crowd, Sent, Site
from uphold.journal import note, proof

KILLS = int(os.environ.get("UPHOLD_KILLS", "12"))
PEOPLE = 16
MOST = 100


class Story:
    """What happened to one site so far, and whether it is as it must be."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.key = note.parse_vkey(site.get("/journal/key").text.strip())
        self.size = 0
        self.kept: dict[str, str] = {}
        """Token to receipt of whatever was acknowledged."""
        self.retried = 0

    def acknowledge(self, sent: Sent) -> None:
        token = sent.fields["_token"]
        assert self.kept.setdefault(token, sent.receipt) == sent.receipt

    def retry(self, sent: Sent) -> None:
        """What got no answer is sent again, twice: it is one submission, whatever became of it."""
        self.retried += 1
        for _ in range(2):
            sent.answer = self.site.post(sent.fields)
            assert sent.answer.status == 201
            self.acknowledge(sent)

    def look(self) -> None:
        """Each receipt that was ever given is there."""
        for receipt in self.kept.values():
            assert self.site.get(receipt).status == 200

    def prove(self, crowd: Crowd) -> None:
        """The proofs hold under the key from before the first kill."""
        for sent in crowd.acknowledged:
            receipt = sent.receipt
            shown = proof.verify(self.site.get(f"{receipt}.tlog-proof").body, self.key)
            assert shown.entry.kind == "record.stored"
            assert shown.size >= self.size

    def note_head(self) -> None:
        """Remember how long the journal is; it never gets shorter."""
        lines = self.site.get("/journal/checkpoint").text.splitlines()
        assert int(lines[1]) >= self.size
        self.size = int(lines[1])


def kill_again(story: Story, chance: random.Random) -> None:
    """One round: load, kill, start, look."""
    site = story.site
    story.note_head()
    crowd = Crowd(site, PEOPLE)
    crowd.post(MOST, when=chance.randrange(MOST // 2), then=site.kill, pause=chance.random() / 50)
    assert site.wait() == -9
    for sent in crowd.acknowledged:
        story.acknowledge(sent)
    assert whole.faults(site.settings) == []
    site.start()
    story.prove(crowd)
    for sent in crowd.unanswered:
        story.retry(sent)
    story.note_head()


@pytest.mark.slow
def test_kill_under_load(
    tmp_path: Path, engine_url: str, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("UPHOLD_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"UPHOLD_SEED={seed}")
    chance = random.Random(seed)
    with site_process.served(tmp_path, engine_url) as site:
        story = Story(site)
        for _ in range(KILLS):
            kill_again(story, chance)
        story.look()
        assert whole.count(site.settings) == len(story.kept) == len(set(story.kept.values()))
        assert site.stop() == 0
        verified = site.run("journal", "verify", str(site.folder))
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert "Traceback" not in site.said()
    figures = {
        "kills": KILLS,
        "acknowledged": len(story.kept),
        "found": whole.count(site.settings),
        "sent again": story.retried,
    }
    for name, value in figures.items():
        record_property(name, value)
    print(f"{figures} {verified.stdout.strip()}")
