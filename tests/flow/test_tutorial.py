# SPDX-License-Identifier: Apache-2.0
"""The tutorial of a first site, run as it is printed: its files written, its commands run, its site visited.

What the reader does in a browser is done here over HTTP; the port is another one, because 8000 may be taken.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import cast, postgresql
from tests.house import source
from tests.visitor import BOX, Page

TUTORIAL = source.ROOT / "docs" / "tutorial" / "first-site.md"
BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE = 120


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, what follows it on the line, its text."""

    language: str
    word: str
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(text)]


class Reader:
    """Somebody who follows the tutorial in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The folder of a clone, where `make demo` has made the environment.
        (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
        self.port = postgresql.free_port()
        self.printed: list[str] = []
        self.server: subprocess.Popen[bytes] | None = None
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"}

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def follow(self, block: Block) -> None:
        text = block.text.replace(":8000", f":{self.port}")
        match block:
            case Block("text", name) if name:
                (self.folder / name).write_text(text, encoding="utf-8")
            case Block("sh", "serve"):
                self.serve(text)
            case Block("sh"):
                self.run(text)

    def run(self, script: str) -> None:
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), script
        self.printed.append(done.stdout)

    def serve(self, script: str) -> None:
        words = [*script.split(), "--port", str(self.port)]
        self.server = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.server.stdout is not None
        assert b"Serving" in self.server.stdout.readline()
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, base_url=self.site, timeout=PATIENCE) as client:
            assert client.get("/healthz").status_code == 200
            self.visit(client)

    def visit(self, client: httpx.Client) -> None:
        """What the reader does in the browser in steps 7 to 9."""
        form = next(link for link in Page(client.get("/").text).links if link.startswith("/f/"))
        fields = {**Page(client.get(form).text).fields, **cast.subject.values()}
        assert client.post(form, data=fields).status_code == 422
        sent = client.post(form, data={**fields, BOX: "yes", "_token": self.fresh(client, form)})
        assert sent.status_code == 303
        receipt = client.get(sent.headers["location"])
        proof = next(x for x in Page(receipt.text).links if x.endswith(".tlog-proof"))
        (self.folder / "receipt.tlog-proof").write_bytes(client.get(proof).content)
        self.answer(client)

    @staticmethod
    def fresh(client: httpx.Client, form: str) -> str:
        return Page(client.get(form).text).token

    def answer(self, client: httpx.Client) -> None:
        link = re.search(r"/console/welcome/\S+", "".join(self.printed))
        assert link is not None
        password = {"password": cast.owner.password, "again": cast.owner.password}
        assert client.post(link[0], data=password).status_code == 303
        client.post("/console/login", data={"login": "mary", "password": cast.owner.password})
        # It came faster than a person fills in a form, so it is reviewed first.
        for state in ("aside", "new"):
            page = Page(client.get(f"/console?state={state}").text)
            place = next((x for x in page.links if x.startswith("/console/enquiry/")), "")
            post = {"_csrf": page.fields["_csrf"]}
            if place and state == "aside":
                client.post(f"{place}/move", data={**post, "to": "new"})
        words = {"purpose": "communication", "subject": "Hello", "text": "We have it."}
        opened = client.post(f"{place}/open", data={**post, "purpose": "communication"})
        assert cast.subject.message.replace("&", "&amp;")[:20] in opened.text
        assert client.post(f"{place}/answer", data={**post, **words}).status_code == 303

    def leave(self) -> int:
        """Ctrl-C."""
        if self.server is None:
            return 0
        self.server.terminate()
        assert self.server.stdout is not None
        self.server.stdout.close()
        return self.server.wait(PATIENCE)


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_printed(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for block in blocks(TUTORIAL.read_text(encoding="utf-8")):
            reader.follow(block)
    finally:
        code = reader.leave()
    assert code == 0
    told = "".join(reader.printed)
    for said in (
        "as expected: there is more to say",
        "Nothing to mend.",
        "Published edition 1",
        "VERIFIED  entry",
        "VERIFIED\n",
        "1 message(s) written",
        "All is well.",
    ):
        assert said in told, said
    (letter,) = (tmp_path / "letters").iterdir()
    assert cast.subject.email in letter.read_text()


def test_blocks_are_found() -> None:
    text = "a\n```sh\nls\n```\nb\n```text a.txt\nx\ny\n```\n```sh serve\nuphold\n```\n"
    assert blocks(text) == [
        Block("sh", "", "ls\n"),
        Block("text", "a.txt", "x\ny\n"),
        Block("sh", "serve", "uphold\n"),
    ]
