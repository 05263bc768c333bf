# SPDX-License-Identifier: Apache-2.0
"""The site of a soak: on a small disk of its own, on either engine, with staff, a mail relay and a faulty world.

    with stage.on(root, "postgresql", shim, disk_bytes=...) as site: ...

Everything is on this machine and gone in the end, but for the folder `root`.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import cast, machine, postgresql, relay, site as sites, visitor
from tests.editions import FORM
from tests.postgresql import Server
from tests.relay import Box
from tests.site_process import Site
from tools.soak.shim import Shim
from tools.soak.wire import Wire
from uphold import config
from uphold.access.permission import Role
from uphold.submission import form, token
from uphold.vault import age, unlock
from uphold.vault.keys import KeyRing

MEGABYTE = 1 << 20
CONFIGURATION = """
[serve]
proxies = ["127.0.0.1"]

[api]
per_minute = 1000000
openings_per_day = 1000000

[mail]
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "Example Office <office@example.org>"

[visits]
record = true

# Rules are looked at and alerts raised; their answers would only end the load of one machine with one address.
[detection]
act = false

[proof]
schedule = false

[keys]
copy = "{second}/ring.json"
rotate_every_days = 0
burn_after_days = 0

[backup]
recipient = "{recipient}"
folder = "{second}/backups"
every_hours = 0
"""


@dataclass(kw_only=True)
class Stage(Site):
    """A site folder with what stands around it. `wire` leads to the server, `line` from it to a database server."""

    engine: str
    shim: Shim
    disk: Path
    box: Box
    url: str
    """Where the database is for whoever does not go by `line`."""
    server: Server | None
    line: Wire | None
    wire: Wire = field(init=False)
    ends: int = 0
    """How many times something ended in the middle of whatever was under way."""

    def __post_init__(self) -> None:
        """Lead the wire to where the site will listen."""
        self.wire = Wire(self.port)

    @property
    def base(self) -> tuple[Server, Wire]:
        """The database server and the line to it. Raises LookupError where there is none."""
        if self.server is None or self.line is None:
            raise LookupError(self.engine)
        return self.server, self.line

    @property
    def client(self) -> str:
        """The token of a machine client."""
        return (self.folder.parent / "second" / "token").read_text()

    @property
    def ring(self) -> KeyRing:
        """The key ring as it is now."""
        return unlock.load(self.settings.path(self.settings.keys.ring))

    def now(self) -> int:
        """What the site's clock says, in unix milliseconds."""
        return self.shim.now()

    def token(self) -> str:
        """The hidden token of a form that is shown now."""
        return token.write(self.key, token.issue(self.offer, self.now()))

    def fill(self) -> None:
        """Fill the disk to the last byte, at no cost."""
        with (self.disk / "ballast").open("ab") as file:
            for size in (MEGABYTE, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)

    def free(self) -> None:
        """Give back what `fill` took."""
        (self.disk / "ballast").unlink(missing_ok=True)

    def _environment(self) -> dict[str, str]:
        # Marks in what Python would keep of a fault are looked for like all else.
        return {**super()._environment(), **self.shim.environment, "PYTHONFAULTHANDLER": "1"}


class Unmounted(Exception):
    """A small disk cannot be mounted here; only root may do that."""


def _do(*command: str) -> None:
    """Run a command of the system, wherever it is; raises when it fails."""
    subprocess.run(command, check=True)


@contextmanager
def small_disk(folder: Path, size: int, image: Path | None) -> Iterator[None]:
    """A disk of `size` bytes at `folder`: ext4 in the file `image`, else in memory. Raises `Unmounted`."""
    folder.mkdir(parents=True, exist_ok=True)
    if image is None:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)]
    else:
        with image.open("wb") as file:
            file.truncate(size)
        _do("mkfs.ext4", "-q", "-m", "0", "-F", str(image))
        command = ["mount", "-o", "loop", str(image), str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise Unmounted("a small disk is mounted by root alone; run this as root")
    try:
        yield
    finally:
        _do("umount", "--lazy", str(folder))
        if image is not None:
            image.unlink()


@contextmanager
def bound(source: Path, target: Path) -> Iterator[None]:
    """Have `target` be `source`."""
    target.mkdir(parents=True, exist_ok=True)
    _do("mount", "--bind", str(source), str(target))
    try:
        yield
    finally:
        _do("umount", "--lazy", str(target))


@contextmanager
def on(
    root: Path,
    engine: str,
    shim: Shim,
    size: int,
    *,
    image: bool = False,
    server: Server | None = None,
) -> Iterator[Stage]:
    """Make a site on an engine; nothing serves it yet. Its processes are ended in the end.

    A database server of its own is on the small disk, unless there is one already. With `size` 0 the disk is not
    small, and nothing is mounted.
    """
    with ExitStack() as stack:
        disk, box, url = root / "disk", Box(), ""
        disk.mkdir()
        if size:
            stack.enter_context(small_disk(disk, size, root / "disk.img" if image else None))
        mail = stack.enter_context(relay.running(box))
        if engine == "sqlite" and size:
            inside = disk / "data"
            inside.mkdir(mode=0o700)
            stack.enter_context(bound(inside, root / "site" / "data"))
        elif engine == "postgresql" and server is None:
            server = stack.enter_context(cluster(disk, shim))
            url = server.url(server.create())
        elif server is not None:
            name = server.create()
            url = server.url(name)
            stack.callback(server.drop, name)
        line = Wire(server.port) if server else None
        settings, offer, key = build(root, url, mail, line)
        site = Stage(
            settings=settings,
            offer=offer,
            key=key,
            engine=engine,
            shim=shim,
            disk=disk,
            box=box,
            url=url or settings.database_url,
            server=server,
            line=line,
        )
        stack.callback(site.end)
        yield site


def build(
    root: Path, url: str, mail: int, line: Wire | None
) -> tuple[config.Settings, form.Offer, bytes]:
    """Make the folder of a site, whose database server is reached by `line`; what a `Site` is made of."""
    second = root / "second"
    (second / "backups").mkdir(parents=True, mode=0o700)
    identity, recipient = age.new_identity()
    (second / "identity").write_text(f"{identity}\n")
    with closing(sites.build(root, url)) as app:
        offer, key = form.derive(app.shelf.in_force(), FORM, "en"), app.ring.token_key
        visitor.employ(app, cast.clerk)
        with machine.asked(app) as asked:
            token = asked.client(Role.CLERK).token
    (second / "token").write_text(token)
    file = root / "site" / config.FILE
    text = file.read_text(encoding="utf-8")
    if line is not None:
        text = text.replace(f":{line.to}/", f":{line.port}/")
    more = CONFIGURATION.format(mail=mail, second=second, recipient=recipient)
    file.write_text(text + more, encoding="utf-8")
    return config.load(root / "site"), offer, key


@contextmanager
def cluster(disk: Path, shim: Shim) -> Iterator[Server]:
    """A database server of its own on the small disk, which waits for it and has the shim."""
    owner = postgresql.account()
    folder = disk / "pg"
    folder.mkdir()
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    server = Server(folder, postgresql.free_port(), owner, environment=shim.environment)
    server.settings = (*postgresql.SETTINGS, "-c", "max_wal_size=256MB")
    server.initialise()
    server.start()
    try:
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            with suppress(RuntimeError):
                server.stop("immediate")
