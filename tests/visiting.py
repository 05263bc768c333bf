# SPDX-License-Identifier: Apache-2.0
"""A site that records visits, and visitors whose marks are looked for where they must not be."""

from pathlib import Path

from tests import cast, site
from uphold import config
from uphold.app import App, open_site
from uphold.journal import audit, entry
from uphold.journal.entry import Entry
from uphold.visits.record import Seen

BROWSER = (
    f"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0 {cast.subject.mark}"
)
ADDRESS = "198.51.100.77"
PAGE = "/policy"


def build(tmp_path: Path, url: str = "", more: str = "") -> App:
    """Give an open site as `tests.site.build` does, that records visits; `more` goes into its file."""
    settings = site.copy(tmp_path / "site", url)
    file = settings.folder / config.FILE
    file.write_text(f"{file.read_text()}[visits]\nrecord = true\n{more}")
    return open_site(config.load(settings.folder))


def seen(
    kind: str = "view",
    *,
    item: str = PAGE,
    page: str = PAGE,
    address: str = ADDRESS,
    cookie: str | None = None,
    at: int = 0,
) -> Seen:
    """One thing that a visitor did, by default to look at a page just now."""
    return Seen(at or site.now(), address, BROWSER, cookie, kind, item, page)


def entries(app: App, *kinds: str) -> list[Entry]:
    """The entries of these kinds, oldest first."""
    with app.database.read() as connection:
        found = [entry.decode(raw) for _, raw in audit.readable(connection)]
    return [one for one in found if one.kind in kinds]
