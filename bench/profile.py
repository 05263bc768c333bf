# SPDX-License-Identifier: Apache-2.0
"""Where the processor's time goes on each path: `python -m bench.profile [NAME ...]` writes bench/profiles/NAME.txt.

py-spy looks at the stacks of the process at work two hundred times a second from outside, Python's frames and those of
C beneath them; it needs to be allowed to trace (root is). A sample whose thread waits - for a lock, the network, the
disk - is left out, so that the shares are those of the processors, as far as samples can tell. Three lists: whom of
the product's own functions a sample is in, with all that it calls of others; the same with all that it calls at all;
and the functions at the end of the stacks, whosesoever.

What samples cannot tell: a thread that wakes a client by its `write` may have to leave the processor to it, and looks
busy there meanwhile. So the kernel's own share of the time stands above: calls into it took no more than that.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench import kept, proc, process, profiled
from bench.course import Course

FOLDER = Path(__file__).parent / "profiles"
PEERS = Path(__file__).parents[1] / "build" / "peers" / "venv" / "bin"
RATE = 200
SHOWN = 25
_LINE = re.compile(r":\d+\)$")
# Where a thread is that waits. What libc has no name for are its locks.
_WAITS = re.compile(
    r"0x[0-9a-f]+ \(libc[.\d]|(fsync|fdatasync|epoll_p?wait|poll|ppoll|select|pselect|futex|recv|read|accept4?"
    r"|clock_nanosleep|sem_\w*wait|pthread_cond_\w*wait) \(libc"
)


class Profile(NamedTuple):
    """Samples on a processor, by whom they are in; `waiting` are those that were not.

    `kernel` is the part of the process's time, as the system counted it, that was the kernel's.
    """

    busy: int
    waiting: int
    own: Counter[str]
    inclusive: Counter[str]
    ends: Counter[str]
    kernel: float = 0.0


def program() -> str:
    """Return the path of py-spy; raise Failed with what to install."""
    beside = str(Path(sys.executable).parent)
    places = os.pathsep.join([str(PEERS), beside, os.environ.get("PATH", os.defpath)])
    found = shutil.which("py-spy", path=places)
    if found is None:
        raise process.Failed("py-spy is missing: make profile installs it")
    return found


def read(lines: Iterable[str]) -> Profile:
    """Count the stacks that py-spy writes: frames joined by `;`, outermost first, and how many samples (pure)."""
    made = Profile(0, 0, Counter(), Counter(), Counter())
    busy = waiting = 0
    for line in lines:
        stack, _, count = line.rstrip().rpartition(" ")
        samples, frames = int(count), [_LINE.sub(")", frame) for frame in stack.split(";")]
        if _WAITS.match(frames[-1]):
            waiting += samples
            continue
        busy += samples
        ours = [frame for frame in frames if "(uphold/" in frame]
        made.own[ours[-1] if ours else "(none of the product's)"] += samples
        made.ends[frames[-1]] += samples
        for frame in set(ours):
            made.inclusive[frame] += samples
    return made._replace(busy=busy, waiting=waiting)


def text(title: str, made: Profile) -> str:
    """Write a profile as lines of text."""
    told = (
        f"{made.busy} samples on a processor, {made.waiting} of threads that waited;"
        f" of the processor's time {made.kernel:.0%} was the kernel's"
    )
    parts = [f"{title}\n{told}\n"]
    for head, counted in (
        ("In a function of the product, with what it calls of others", made.own),
        ("The same, with all that it calls", made.inclusive),
        ("At the end of the stacks", made.ends),
    ):
        lines = [
            f"{samples / max(made.busy, 1):7.1%}  {name}\n"
            for name, samples in counted.most_common(SHOWN)
        ]
        parts.append(f"{head}\n\n{''.join(lines)}")
    return "\n".join(parts)


def take(course: Course, name: str) -> Profile:
    """Look at a path at work for some seconds."""
    raw = course.folder / "stacks"
    with profiled.at_work(course, name) as (pid, work):
        before = proc.times(pid)
        command = [program(), "record", "--pid", str(pid), "--native", "--threads"]
        more = ["--format", "raw", "--output", str(raw), "--rate", str(RATE)]
        looking = subprocess.Popen(
            [*command, *more, "--duration", str(profiled.SECONDS)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        work()
        _, said = looking.communicate(timeout=120)
        user, system = (now - then for now, then in zip(proc.times(pid), before, strict=True))
    if looking.returncode or not raw.exists():
        raise process.Failed(f"py-spy failed:\n{said[-800:]}")
    with raw.open(encoding="utf-8") as lines:
        return read(lines)._replace(kernel=system / max(user + system, 1))


def main(given: Sequence[str] | None = None) -> int:
    """Profile the named paths, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(profiled.PATHS))
    chosen = parser.parse_args(given)
    unknown = sorted(set(chosen.names) - set(profiled.PATHS))
    if unknown:
        parser.error(f"no such path: {', '.join(unknown)}")
    FOLDER.mkdir(exist_ok=True)
    failed = 0
    for name in chosen.names or profiled.PATHS:
        with tempfile.TemporaryDirectory(prefix="uphold-profile-") as made:
            folder = Path(made)
            folder.chmod(0o755)
            try:
                profile = take(Course(folder, print, quick=True).within(name), name)
            except process.Failed as error:
                print(f"{name}: {error}", file=sys.stderr)
                failed = 1
                continue
        when = time.strftime("%Y-%m-%d", time.gmtime())
        title = f"{profiled.PATHS[name].title}\n{when}, at {kept.revision()}"
        (FOLDER / f"{name}.txt").write_text(text(title, profile), encoding="utf-8")
        print(f"{name}: {profile.busy} samples")
    return failed


if __name__ == "__main__":
    sys.exit(main())
