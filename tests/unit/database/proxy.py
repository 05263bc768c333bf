# SPDX-License-Identifier: Apache-2.0
"""A network between the site and PostgreSQL that can be cut at the worst moment."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

COMMIT = b"COMMIT"


class Proxy:
    """Passes bytes on. Told so, it cuts the next connection that says COMMIT, before it or after it.

    before  the server never hears of the COMMIT
    answer  the server commits, and its answer is lost
    deaf    the server hears the COMMIT, and nobody waits for its answer
    """

    def __init__(self, url: str) -> None:
        self._there = (urlsplit(url).hostname, urlsplit(url).port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.cut = ""
        self.was_cut = threading.Event()
        port = self._door.getsockname()[1]
        self.url = urlsplit(url)._replace(netloc=f"uphold@127.0.0.1:{port}").geturl()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                there = socket.create_connection(self._there)
                threading.Thread(target=self._pass, args=(here, there), daemon=True).start()
                threading.Thread(target=self._back, args=(here, there), daemon=True).start()

    def _pass(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := here.recv(65536):
                how = self.cut if COMMIT in data else ""
                if not how:
                    there.sendall(data)
                    continue
                self.cut = ""
                if how == "before":
                    _end(here, there)
                elif how == "deaf":
                    there.sendall(data)
                    _end(here, there)
                else:
                    # From now on no answer is passed back; when there is one, the line is cut.
                    here.shutdown(socket.SHUT_RD)
                    self._mute(here, there, data)
                self.was_cut.set()
                return
        _end(here, there)

    def _mute(self, here: socket.socket, there: socket.socket, data: bytes) -> None:
        self._muted = here
        there.sendall(data)

    _muted: socket.socket | None = None

    def _back(self, here: socket.socket, there: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := there.recv(65536):
                if here is self._muted:
                    break
                here.sendall(data)
        _end(here, there)


def _end(*sockets: socket.socket) -> None:
    for member in sockets:
        with contextlib.suppress(OSError):
            member.shutdown(socket.SHUT_RDWR)
        member.close()
