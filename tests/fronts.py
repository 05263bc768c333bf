# SPDX-License-Identifier: Apache-2.0
"""Real proxies before several processes of a site, as `deploy/` has them, and people who come and go there.

Beside `tests/fleet.py`, whose people know the processes and go to any of them.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import postgresql, site_process
from tests.fleet import Member
from tests.flow import test_deploy as deploy
from tests.site_process import HOST, Sent

PEOPLE = 3
PAUSE = 0.4
# How often HAProxy looks, and how long a process that leaves waits for that.
LOOK = "200ms"
DRAIN = 1.0
PAGES = (site_process.PATH, "/policy", "/journal/checkpoint", "/healthz")


def haproxy(folder: Path, ports: Sequence[int], tls: int, plain: int) -> list[str]:
    cert, key = deploy.certificate(folder)
    both = folder / "both.pem"
    both.write_text(cert.read_text() + key.read_text())
    text = deploy.changed(
        (deploy.DEPLOY / "haproxy.cfg").read_text(),
        ("bind :80\n", f"bind {HOST}:{plain}\n"),
        ("bind :443 ssl", f"bind {HOST}:{tls} ssl"),
        ("/etc/haproxy/lantern.example.pem", str(both)),
        ("inter 2s", f"inter {LOOK}"),
        ("maxconn 10000", "maxconn 200"),
        *((f"127.0.0.1:{8001 + n}", f"{HOST}:{port}") for n, port in enumerate(ports)),
    )
    (folder / "haproxy.cfg").write_text(text)
    return [deploy.command("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]


def nginx(folder: Path, ports: Sequence[int], tls: int, plain: int) -> list[str]:
    return deploy.nginx(folder, ports, tls, plain, "nginx-several.conf")


PROXIES = {"haproxy": haproxy, "nginx": nginx}


@contextmanager
def standing(members: Sequence[Member], root: Path) -> Iterator[list[deploy.Front]]:
    """Each of the proxies before the processes of a site."""
    ports = [member.port for member in members]
    with ExitStack() as ends:
        fronts = []
        for number, (name, made) in enumerate(PROXIES.items()):
            tls, plain = postgresql.free_port(), postgresql.free_port()
            folder = root / name
            folder.mkdir()
            words = made(folder, ports, tls, plain)
            front = deploy.Front(tls, plain, folder, folder / "site.crt", f"127.0.{4 + number}.1")
            fronts.append(ends.enter_context(deploy.running(words, front)))
        yield fronts


class Crowd:
    """People at proxies, each with a connection kept as browsers keep one; what they are told otherwise than well."""

    def __init__(self, fronts: Sequence[deploy.Front], member: Member) -> None:
        self.fronts, self.member = fronts, member
        self.sent: list[Sent] = []
        self.asked = 0
        self.failed: list[str] = []

    async def run(self, work: Callable[[], None]) -> None:
        """Come and go while `work` is done in a thread."""
        over = asyncio.Event()
        people = [
            asyncio.create_task(self._person(front, number, over))
            for front in self.fronts
            for number in range(PEOPLE)
        ]
        try:
            await asyncio.to_thread(work)
        finally:
            over.set()
            await asyncio.gather(*people)

    async def _person(self, front: deploy.Front, number: int, over: asyncio.Event) -> None:
        context = ssl.create_default_context(cafile=str(front.certificate))
        turn = number
        while not over.is_set():
            reader, writer = await asyncio.open_connection(
                HOST, front.tls, ssl=context, server_hostname=deploy.NAME
            )
            keeps = True
            while keeps and not over.is_set():
                turn += 1
                keeps = await self._turn(turn, reader, writer)
                await asyncio.sleep(PAUSE)
            writer.close()

    async def _turn(
        self, turn: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Send a form or look at a page; whether the connection goes on."""
        sent = Sent(self.member.fields()) if turn % 2 else None
        path = PAGES[turn // 2 % len(PAGES)]
        what = f"GET {path}" if sent is None else "POST"
        writer.write(_asked(path) if sent is None else _told(sent))
        self.asked += 1
        try:
            answer = await site_process.read(reader)
        except (OSError, EOFError) as error:
            self.failed.append(f"{what}: {type(error).__name__}")
            return False
        if answer.status != (200 if sent is None else 201):
            self.failed.append(f"{what}: {answer.status} {answer.text[:60]}")
        if sent is not None:
            sent.answer = answer
            self.sent.append(sent)
        return answer.headers.get("connection") != "close"


def _asked(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: {deploy.NAME}\r\naccept-language: en\r\n\r\n".encode()


def _told(sent: Sent) -> bytes:
    return site_process.request(sent.body).replace(b"uphold.example", deploy.NAME.encode())
