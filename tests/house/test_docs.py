# SPDX-License-Identifier: Apache-2.0
"""The documentation holds together: every link leads somewhere, every page is led to."""

from pathlib import Path

import pytest

from tests.house import source
from tools import docs

SOUND = {
    "README.md": "# Uphold\n[docs](docs/index.md#parts)\n",
    "docs/index.md": "# Docs\n## Parts\n" + "".join(f"[{p}]({p}/index.md)\n" for p in docs.PARTS),
} | {f"docs/{part}/index.md": f"# {part}\n[up](../index.md)\n" for part in docs.PARTS}


def write(root: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_the_documentation_is_whole() -> None:
    assert docs.check(source.ROOT)[1] == []


def test_a_sound_tree_passes(tmp_path: Path) -> None:
    assert docs.check(write(tmp_path, SOUND))[1] == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("docs/design/index.md", "# Design\n[gone](gone.md)\n", "broken link to gone.md"),
        ("docs/design/index.md", "# Design\n![](form.png)\n", "broken link to form.png"),
        ("docs/design/index.md", "# Design\n[a](../index.md#none)\n", "no heading for"),
        ("docs/design/index.md", "# Design\n[a](/absolute)\n", "broken link to /absolute"),
        ("docs/design/lost.md", "# Lost\n", "no page leads to it"),
        ("README.md", "# Uphold\n[gone](docs/gone.md)\n", "broken link to docs/gone.md"),
        ("docs/design/index.md", "no heading\n", "has no heading"),
    ],
)
def test_a_fault_is_found(tmp_path: Path, name: str, text: str, fault: str) -> None:
    found = docs.check(write(tmp_path, {**SOUND, name: text}))[1]
    assert len(found) == 1
    assert fault in found[0]


def test_pages_are_built_with_links_that_follow(tmp_path: Path) -> None:
    pages, _ = docs.check(write(tmp_path, SOUND))
    folder = tmp_path / "docs"
    docs.write(pages[folder / "design" / "index.md"], folder, tmp_path / "out")
    built = (tmp_path / "out" / "design" / "index.html").read_text()
    assert '<h1 id="design">design</h1>' in built
    assert 'href="../index.html"' in built
