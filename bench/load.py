# SPDX-License-Identifier: Apache-2.0
"""The load generator: wrk with a prepared file of bodies, one per request."""

import json
import resource
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from bench import process

SCRIPT = Path(__file__).with_name("load.lua")


class Load(NamedTuple):
    """What one run of wrk saw. Times in microseconds, `generator_us` is wrk's own CPU."""

    acknowledged: int
    bad: int
    seconds: float
    p50_us: float
    p99_us: float
    generator_us: float


def program() -> str:
    """Return the path of wrk; raise Failed with what to install."""
    found = shutil.which("wrk")
    if found is None:
        raise process.Failed("wrk is missing: apt-get install wrk")
    return found


def parse(output: str, generator_seconds: float, *, broken: bool = False) -> Load:
    """Read the figures that load.lua prints after an `@`; raise Failed when bodies ran out.

    Where the server is `broken` on purpose they may: each attempt to connect again takes one.
    """
    line = next((line for line in output.splitlines() if line.startswith("@{")), None)
    if line is None:
        raise process.Failed(f"wrk said nothing that can be read:\n{output}")
    said = json.loads(line[1:])
    if said["ran_out"] and not broken:
        raise process.Failed("the prepared bodies ran out before the time did")
    bad = said["bad"] + said["socket"]
    answered = said["requests"]
    return Load(
        acknowledged=answered - said["bad"],
        bad=bad,
        seconds=said["duration_us"] / 1e6,
        p50_us=said["p50_us"],
        p99_us=said["p99_us"],
        generator_us=generator_seconds / max(answered, 1) * 1e6,
    )


def run(
    url: str,
    given: Path | str,
    *,
    connections: int,
    seconds: float,
    script: Path = SCRIPT,
    broken: bool = False,
    answers: Path | None = None,
) -> Load:
    """Send POSTs over so many kept-alive connections for so many whole seconds; `given` is for the script.

    `broken` says that the server will be killed meanwhile; `answers` is where each answer with 201 is written.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [program(), "-t1", f"-c{connections}", f"-d{int(seconds)}s", "--timeout", "30s"]
    told = [str(given), *([str(answers)] if answers else [])]
    ended = subprocess.run(
        [*command, "-s", str(script), url, "--", *told],
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        raise process.Failed(f"wrk failed: {ended.stderr.strip() or ended.stdout.strip()}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return parse(ended.stdout, used, broken=broken)
