# SPDX-License-Identifier: Apache-2.0
"""What is committed names versions and hashes, never a place to fetch from nor a place on a machine."""

import re
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.house import source

LOCKS = ("requirements/runtime.txt", "requirements/development.txt")
APART = {name: f"requirements/{name}.txt" for name in ("scan", "peers")}
ADDRESS = re.compile(r"https?://|file://|--(?:extra-)?index-url|--find-links|--trusted-host")
REGISTRY = re.compile(r"\b(?:registry|index-url|resolved)\"?[ =:]+\"?https?://")
# Spelled in halves, so that this file does not name one.
MACHINE = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/opt/" + "pypi"]))
NAME = re.compile(r"^([a-z0-9-]+)==(\S+) \\$", re.MULTILINE)


def normalised(requirement: str) -> str:
    return re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def versions(lock: str) -> dict[str, str]:
    return dict(NAME.findall(lock))


def unhashed(lock: str) -> list[str]:
    """Packages of a lock with no hash of their own."""
    entries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.MULTILINE)[1:]
    return [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry]


def named_places(paths: Iterable[Path]) -> list[str]:
    found = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.name}:{n}: {line.strip()}"
            for n, line in enumerate(lines, 1)
            if REGISTRY.search(line) or MACHINE.search(line)
        ]
    return found


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=source.ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:  # an unpacked source archive has no history
        return [p for p in source.ROOT.glob("*") if p.is_file()]
    paths = [source.ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_locks_name_no_address() -> None:
    for lock in (*LOCKS, *APART.values()):
        assert not ADDRESS.search((source.ROOT / lock).read_text()), lock


def test_every_package_is_hashed() -> None:
    for lock in (*LOCKS, *APART.values()):
        text = (source.ROOT / lock).read_text()
        assert versions(text)
        assert unhashed(text) == []


def test_locks_agree() -> None:
    runtime, development = (versions((source.ROOT / lock).read_text()) for lock in LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text())
    runtime, development = (versions((source.ROOT / lock).read_text()) for lock in LOCKS)
    direct = project["project"]["dependencies"]
    groups = project["dependency-groups"]
    for name, lock in APART.items():
        apart = {normalised(line) for line in groups.pop(name)}
        assert apart <= set(versions((source.ROOT / lock).read_text()))
    wanted = {normalised(one) for group in groups.values() for one in group if isinstance(one, str)}
    assert {normalised(line) for line in direct} <= set(runtime)
    assert wanted <= set(development)
    assert 10 <= len(direct) <= 20


def test_what_the_demo_shows_is_locked_with_what_it_runs_on() -> None:
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text())
    runtime = versions((source.ROOT / "requirements/runtime.txt").read_text())
    shown = project["project"]["optional-dependencies"]["documents"]
    assert {normalised(line) for line in shown} <= set(runtime)


def test_nothing_committed_names_a_place() -> None:
    assert named_places(committed()) == []


def test_a_place_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('registry = "https' + '://packages.example/simple"\n')
    (tmp_path / "b.md").write_text("see /wo" + "rk/main\n")
    (tmp_path / "c.md").write_text("https" + "://www.rfc-editor.org/rfc/rfc6962\n")
    assert len(named_places(sorted(tmp_path.iterdir()))) == 2
    assert ADDRESS.search("--index-url https" + "://packages.example")


def test_a_package_without_a_hash_is_found() -> None:
    lock = "a==1 \\\n    --hash=sha256:00\nb==2\nc==3 \\\n    --hash=sha256:11\n"
    assert unhashed(lock) == ["b"]
