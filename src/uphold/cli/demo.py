# SPDX-License-Identifier: Apache-2.0
"""Make the demonstration site: the example policy published, one owner invited, everything kept on a restart."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from uphold import app, config, errors
from uphold.access import staff
from uphold.access.permission import Role
from uphold.app import App
from uphold.cli import demo_visits
from uphold.continuity import backup
from uphold.policy import folder, publish, scaffold
from uphold.vault import age
from uphold.visits import agent
from uphold.web import daily

OWNER = "owner"
_PLACEHOLDER = b"127.0.0.1:8000"
_PORT = b"port = 8000"
# Only in a demonstration beside what it opens.
IDENTITY = "offline/backup-identity"
BACKUPS = "backups"
# Only with the libraries that recognise browsers: no site that records visits is served without them.
_VISITS = (
    b"\n[visits]\n# Those of the eight weeks before are made up.\nrecord = true\npublic = true\n"
)


@dataclass(frozen=True, slots=True)
class Made:
    """What to tell the person at the terminal, line by line; `last` when all is ready to be served."""

    told: tuple[str, ...]
    last: str = "Use invented data. Stop with Ctrl-C; starting again keeps everything."


def make(root: Path, port: int) -> Made:
    """Make the site in `root`, or continue one that is there; an interrupted making is finished.

    Raises `errors.Conflict` for a folder that holds something else, `errors.Invalid` for a policy with errors.
    """
    address = f"http://127.0.0.1:{port}"
    if not (root / config.FILE).exists():
        _write(root, port)
    settings = config.load(root)
    if not settings.site.demo:
        raise errors.Conflict(
            f"{root}/ is a site of its own, not a demonstration.",
            f"Serve it: uphold serve {root}. For a demonstration choose another folder with --dir.",
        )
    # Before anything is made: a policy that cannot be published makes no site.
    archive = publish.prepare(folder.read(root))
    app.create_storage(settings)
    with app.opened(root) as site:
        fresh = site.shelf.in_force_or_none() is None
        if fresh:
            site.writer.run(lambda tx: publish.publish(tx, archive))
        if settings.backup.recipient:
            _back_up(site, root)
        return Made(tuple(_tell(site, root, address, fresh=fresh)))


def _write(root: Path, port: int) -> None:
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise errors.Conflict(
            f"{root} is not empty and not a site folder.", "Choose another with --dir."
        )
    files = scaffold.example()
    # Where it is listened on as well, for `uphold serve` later.
    for placeholder, mine in ((_PLACEHOLDER, f"127.0.0.1:{port}"), (_PORT, f"port = {port}")):
        files[config.FILE] = files[config.FILE].replace(placeholder, mine.encode())
    if agent.INSTALLED:
        files[config.FILE] += _VISITS
    if age.INSTALLED:
        files[config.FILE] += _backups(root)
    folder.write(root, files)


def _backups(root: Path) -> bytes:
    """Make the place of backups and the identity that opens them; returns what the configuration says of it."""
    for name in (BACKUPS, Path(IDENTITY).parent):
        (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    recipient = age.write_identity(root / IDENTITY)
    return (
        "\n[backup]\n"
        f"# Only {IDENTITY} opens them. On a site of your own it is never on this machine.\n"
        f'recipient = "{recipient}"\n'
        f'folder = "{BACKUPS}"\n'
    ).encode()


def _back_up(site: App, root: Path) -> None:
    """Make the first backup; later ones are made while the site is served."""
    with site.database.read() as connection:
        if backup.newest(connection) is not None:
            return
    maker = backup.Maker(site.settings, site.ring, site.database, site.writer)
    maker.make(backup.folder_of(site.settings), root / IDENTITY)


def _nothing(_line: str) -> None:
    pass


def make_figures(root: Path, say: Callable[[str], None] = _nothing) -> str:
    """Make up the visits of eight weeks where there are none, and figures of them; returns what to tell of it.

    `say` is told before it begins. Without the libraries that count, the site is whole all the same.
    """
    with app.opened(root) as site:
        store = site.keeper.store
        if site.visits is None or store.closed_days() or store.open_days():
            return ""
        say("Making up visits of eight weeks, and figures of them; then the site is served.")
        try:
            demo_visits.fill(store, site.keeper.today())
        except errors.UpholdError as error:
            return f"No visits were made up: {error}"
        command = daily.command(site)
    # As in any site that is served, the engine that counts stays out of this process.
    done = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        return f"No figures were made: {done.stderr.strip()}"
    return "Made up visits of eight weeks, and figures of them."


def _tell(site: App, root: Path, address: str, *, fresh: bool) -> list[str]:
    lines = [
        f"{'Made' if fresh else 'Continuing'} the demonstration site in {root}/",
        "",
        f"  The tour     {address}/",
        f"  The policy   {address}/policy",
        f"  The form     {address}/f/feedback",
        f"  The console  {address}/console",
        f"  The figures  {address}/console/statistics (of visits that are made up)",
        f"               {address}/statistics (what anybody sees of them, with noise)",
    ]
    if site.settings.backup.recipient:
        lines += [
            "",
            f"  Backups are made daily in {root}/{BACKUPS}/; {root}/{IDENTITY} opens them.",
        ]
    link = _link(site)
    if link:
        lines += [
            "",
            f"  Set the password of the account {OWNER!r} by this link; it works once, for 24 hours:",
            f"  {address}/console/welcome/{link}",
        ]
    return [*lines, ""]


def _link(site: App) -> str:
    """Invite the owner as long as the account has no password; afterwards there is nothing to print."""
    with site.database.read() as connection:
        accounts = {account.login: account for account in staff.accounts(connection)}
    if OWNER in accounts and accounts[OWNER].state != staff.State.INVITED:
        return ""
    invitation = site.writer.run(lambda tx: staff.invite(tx, OWNER, Role.OWNER, staff.COMMAND_LINE))
    return invitation.token
