# SPDX-License-Identifier: Apache-2.0
"""Build the documentation into build/docs, and fail on a broken link, a missing anchor or an orphan.

The pages are Markdown under docs/, in four parts, read as well on any forge. Links are relative. A link
to another host is left alone: nothing is ever fetched. Every page must be reachable from docs/index.md.
"""

import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
PARTS = ("tutorial", "how-to", "reference", "design")
# Read on the forge, not built; their links are checked all the same.
BESIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
MARKDOWN = MarkdownIt("commonmark").enable("table")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Uphold</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; color: #1b1b1b }}
nav a {{ margin-right: 1rem }} pre, code {{ font-family: ui-monospace, monospace; font-size: .9em }}
pre {{ overflow-x: auto; padding: .8rem; background: #f4f4f1 }} img {{ max-width: 100% }}
table {{ border-collapse: collapse; display: block; overflow-x: auto }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ccc }}
a {{ color: #0b4f8a }}
@media (prefers-color-scheme: dark) {{ body {{ background: #161616; color: #eee }}
pre {{ background: #262626 }} a {{ color: #8cc4f5 }} }}
</style>
<nav aria-label="Parts">{navigation}</nav>
<main>
{body}</main>
</html>
"""


@dataclass
class Page:
    """One Markdown file: its tokens, the anchors it offers, the links it makes."""

    path: Path
    tokens: list[Token]
    title: str = ""
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)


def slug(text: str) -> str:
    """The anchor of a heading, as forges make it."""
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


def read(path: Path) -> Page:
    page = Page(path, MARKDOWN.parse(path.read_text(encoding="utf-8")))
    for opening, inline in zip(page.tokens, page.tokens[1:], strict=False):
        if opening.type == "heading_open":
            text = "".join(t.content for t in inline.children or ())
            page.title = page.title or text
            opening.attrSet("id", slug(text))
            page.anchors.add(slug(text))
    for token in page.tokens:
        for part in token.children or ():
            address = part.attrGet("href") or part.attrGet("src")
            if address is not None:
                page.links.append(str(address))
    return page


def is_outside(address: str) -> bool:
    return address.startswith(("http://", "https://", "mailto:"))


def faults(pages: dict[Path, Page], start: Path) -> Iterator[str]:
    """Broken links, missing anchors, and pages that no chain of links from `start` reaches."""
    for page in pages.values():
        for address in page.links:
            fault = broken(page, address, pages)
            if fault:
                yield f"{page.path}: {fault}"
        if not page.title:
            yield f"{page.path}: has no heading"
    for path in sorted(pages.keys() - reachable(pages, start)):
        if path.name not in BESIDE or path.parent == start.parent:
            yield f"{path}: no page leads to it"


def broken(page: Page, address: str, pages: dict[Path, Page]) -> str:
    """What is wrong with one link of a page; empty if nothing is."""
    if is_outside(address):
        return ""
    name, _, anchor = address.partition("#")
    target = (page.path.parent / name).resolve() if name else page.path
    if name.startswith("/") or not target.exists():
        return f"broken link to {address}"
    if anchor and target in pages and anchor not in pages[target].anchors:
        return f"no heading for {address}"
    return ""


def reachable(pages: dict[Path, Page], start: Path) -> set[Path]:
    seen: set[Path] = set()
    queue = [start]
    while queue:
        path = queue.pop()
        if path in pages and path not in seen:
            seen.add(path)
            links = (link.partition("#")[0] for link in pages[path].links if not is_outside(link))
            queue += [(path.parent / link).resolve() for link in links if link]
    return seen


def write(page: Page, docs: Path, target: Path) -> None:
    """Render one page; links between pages follow them to their new names."""
    place = page.path.relative_to(docs)
    up = PurePosixPath(*[".."] * (len(place.parts) - 1))
    for token in page.tokens:
        for part in token.children or ():
            link = part.attrGet("href")
            if isinstance(link, str) and not is_outside(link):
                part.attrSet("href", re.sub(r"\.md(?=#|$)", ".html", link))
    parts = [f'<a href="{up / part / "index.html"}">{part}</a>' for part in PARTS]
    navigation = "".join([f'<a href="{up / "index.html"}">Uphold</a>', *parts])
    body = MARKDOWN.renderer.render(page.tokens, MARKDOWN.options, {})
    output = (target / place).with_suffix(".html")
    output.parent.mkdir(parents=True, exist_ok=True)
    text = PAGE.format(title=html.escape(page.title), navigation=navigation, body=body)
    output.write_text(text, encoding="utf-8")


def check(root: Path) -> tuple[dict[Path, Page], list[str]]:
    """Read every page under `root`; return them and what is wrong."""
    docs = (root / "docs").resolve()
    paths = sorted(docs.rglob("*.md")) + [root / name for name in BESIDE if (root / name).exists()]
    pages = {path.resolve(): read(path.resolve()) for path in paths}
    found = [fault.replace(f"{root.resolve()}/", "") for fault in faults(pages, docs / "index.md")]
    found += [f"docs/{p} has no index.md" for p in PARTS if docs / p / "index.md" not in pages]
    return pages, found


def main() -> int:
    pages, found = check(ROOT)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        return 1
    docs, target = ROOT / "docs", ROOT / "build" / "docs"
    built = [page for path, page in pages.items() if path.is_relative_to(docs)]
    for page in built:
        write(page, docs, target)
    for picture in [*docs.rglob("*.png"), *docs.rglob("*.svg")]:
        copy = target / picture.relative_to(docs)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(picture.read_bytes())
    print(f"{len(built)} pages in build/docs, no broken link, no orphan")
    return 0


if __name__ == "__main__":
    sys.exit(main())
