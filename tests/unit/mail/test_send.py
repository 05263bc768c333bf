# SPDX-License-Identifier: Apache-2.0
"""Against a real relay on loopback: taken, put off, refused, silent, gone; in the clear, STARTTLS, TLS, log-in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as with_

from tests import cast, relay as relays
from tests.relay import PASSWORD, SENDER, USERNAME, Box
from uphold import errors
from uphold.config import Mail, Settings
from uphold.mail import letter, send
from uphold.mail.letter import Envelope, Letter
from uphold.mail.send import Failure, Relay, Trouble

LETTER = Letter(cast.subject.email, "О доставке", "Здравствуйте!\n.\nДоставят завтра.")
ENVELOPE = Envelope(SENDER, "m3ss4g3", "abcdefghijklmnop", "ru", 1_767_323_045_678)


def message(to: str = cast.subject.email) -> Any:
    return letter.compose(replace(LETTER, to=to), ENVELOPE)


async def test_a_message_arrives_as_it_was_written() -> None:
    box = Box()
    with relays.running(box) as port:
        assert await send.send(relays.plain(port), message()) is None
    (arrived,) = box.messages()
    assert arrived["Subject"] == "Ваше обращение abcdefgh"
    text = relays.text(arrived).replace("\r\n", "\n")
    assert text == "О доставке\n\nЗдравствуйте!\n.\nДоставят завтра.\n"
    assert box.recipients == [cast.subject.email]
    # The relay learns the sender's domain, not this machine's name.
    assert box.greetings == ["example.org"]
    assert box.senders == ["office@example.org"]


async def test_reports_come_back_to_an_address_that_names_the_message() -> None:
    box = Box()
    with relays.running(box) as port:
        relay = replace(relays.plain(port), returns="bounces@example.org")
        assert await send.send(relay, message()) is None
    assert box.senders == ["bounces+m3ss4g3@example.org"]
    (arrived,) = box.messages()
    assert arrived["From"] == SENDER


@pytest.mark.parametrize(
    ("box", "failure"),
    [
        (Box(rcpt=["450 Try later"]), Failure(Trouble.LATER, permanent=False)),
        (Box(data=["451 Try later"]), Failure(Trouble.LATER, permanent=False)),
        (Box(rcpt=["550 No such person"]), Failure(Trouble.ADDRESS, permanent=True)),
        (Box(data=["554 Not this"]), Failure(Trouble.REFUSED, permanent=True)),
    ],
)
async def test_what_the_relay_says_is_heeded(box: Box, failure: Failure) -> None:
    with relays.running(box) as port:
        assert await send.send(relays.plain(port), message()) == failure
        assert await send.send(relays.plain(port), message()) is None


async def test_nobody_there() -> None:
    found = await send.send(relays.plain(relays.free_port()), message())
    assert found == Failure(Trouble.UNREACHABLE, permanent=False)


@contextlib.asynccontextmanager
async def peer(*lines: bytes) -> AsyncIterator[int]:
    """A peer that says these lines one per command, then closes; with no lines it says nothing at all."""

    finished = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for line in lines:
            writer.write(line + b"\r\n")
            await reader.readline()
        if not lines:
            await reader.read()
        writer.close()
        finished.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await finished.wait()


async def test_a_relay_that_hangs_up() -> None:
    async with peer(b"220 hello", b"250 hello") as port:
        found = await send.send(relays.plain(port), message())
    assert found == Failure(Trouble.CLOSED, permanent=False)


async def test_a_relay_that_is_not_ready() -> None:
    async with peer(b"554 no service") as port:
        found = await send.send(relays.plain(port), message())
    assert found == Failure(Trouble.UNREACHABLE, permanent=False)


async def test_a_relay_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "SECONDS_PER_STEP", 0.05)
    async with peer() as port:
        found = await send.send(relays.plain(port), message())
    assert found == Failure(Trouble.TIMEOUT, permanent=False)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_over_tls_with_a_log_in(
    security: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = relays.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    box = Box()
    options: dict[str, Any] = {"authenticator": relays.authenticator}
    if security == "tls":
        # aiosmtpd does not know that all it says is within TLS then.
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    with relays.running(box, **options) as port:
        right = Relay("127.0.0.1", port, security, SENDER, USERNAME, PASSWORD)
        assert await send.send(right, message()) is None
        wrong = replace(right, password="guessed")
        found = await send.send(wrong, message())
    assert found == Failure(Trouble.LOGIN, permanent=False)
    assert len(box.raw) == 1
    assert PASSWORD not in repr(right)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for(security: Any, tmp_path: Path) -> None:
    _, context = relays.certificate(tmp_path)
    box = Box()
    name = "ssl_context" if security == "tls" else "tls_context"
    with relays.running(box, **{name: context}) as port:
        found = await send.send(Relay("127.0.0.1", port, security, SENDER), message())
    assert found == Failure(Trouble.TLS, permanent=False)
    assert box.raw == []


async def test_no_tls_offered_is_no_mail() -> None:
    box = Box()
    with relays.running(box) as port:
        relay = Relay("127.0.0.1", port, "starttls", SENDER, USERNAME, PASSWORD)
        found = await send.send(relay, message())
    assert found == Failure(Trouble.UNFIT, permanent=False)
    assert box.raw == []


@pytest.mark.parametrize("offered", [True, False])
async def test_an_address_of_other_letters(offered: bool) -> None:
    box = Box()
    with relays.running(box, enable_SMTPUTF8=offered) as port:
        found = await send.send(relays.plain(port), message("анна@subject.example"))
    assert found == (None if offered else Failure(Trouble.ADDRESS, permanent=True))
    assert box.recipients == (["анна@subject.example"] if offered else [])


def settings(folder: Path, **mail: Any) -> Settings:
    return with_(Settings(folder=folder), mail=Mail(**mail))


def test_without_host_there_is_no_relay(tmp_path: Path) -> None:
    assert send.relay(settings(tmp_path)) is None


def test_the_password_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    found = send.relay(
        settings(
            tmp_path,
            host="mail.example.org",
            sender=SENDER,
            username=USERNAME,
            password_file="secret",
        )
    )
    assert found == Relay("mail.example.org", 587, "starttls", SENDER, USERNAME, "from the file")


@pytest.mark.parametrize(
    "mail",
    [
        {"host": "mail.example.org"},
        {"host": "mail.example.org", "sender": "nobody"},
        {"host": "mail.example.org", "sender": SENDER, "returns": "nobody"},
        {"host": "mail.example.org", "sender": SENDER, "security": "none"},
        {"host": "192.0.2.1", "sender": SENDER, "security": "none"},
        {
            "host": "mail.example.org",
            "sender": SENDER,
            "username": "u",
            "password_file": "absent",
        },
    ],
)
def test_what_would_not_do_is_refused_at_the_start(tmp_path: Path, mail: dict[str, Any]) -> None:
    with pytest.raises(errors.Invalid):
        send.relay(settings(tmp_path, **mail))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_relay_on_this_machine_needs_no_tls(tmp_path: Path, host: str) -> None:
    found = send.relay(settings(tmp_path, host=host, sender=SENDER, security="none"))
    assert found is not None
