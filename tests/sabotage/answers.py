# SPDX-License-Identifier: Apache-2.0
"""Mail, the desk and what leaves the machine, broken."""

import socket
import subprocess
import sys
from typing import Any

from sqlalchemy import insert, select

from tests.sabotage.sabotage import Ground, several
from uphold import egress
from uphold.enquiry import desk, reply
from uphold.mail import outbox
from uphold.mail.letter import Letter
from uphold.vault import records

# A place that no configuration declares; all of 127.0.0.0/8 is this machine.
ELSEWHERE = ("127.0.0.77", 9_443)
LISTEN = """
import socket, sys
listening = socket.create_server(("127.0.0.78", 0))
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""


# --- mail and the desk ------------------------------------------------------------------------------


def write_to_anybody(ground: Ground) -> None:
    """A letter stands in the outbox that answers nobody's enquiry."""
    ground.sql(
        "INSERT INTO mail_outbox (record, part, purpose, staff, language, state, attempts, next_at,"
        " created_at) VALUES (987654321, 252839503000, 'communication', 1, 'en', 'exercise', 0,"
        " 4000000000000, 1)"
    )


def answer_without_the_gate(ground: Ground) -> None:
    """Whoever may answer may answer for any purpose."""

    def open_desk(writer: Any, ring: Any, question: Any, *words: str, language: str) -> Any:
        return reply.Answered(0)

    ground.patch.setattr(reply, "answer", open_desk)


def queue_twice(ground: Ground) -> None:
    """Each answer is queued a second time, for the archive, without an entry."""
    before = outbox.put

    def twice(*letter: Any, **more: Any) -> int:
        tx, number = letter[0], before(*letter, **more)
        row = tx.execute(
            select(outbox.mail_outbox).where(outbox.mail_outbox.c.number == number)
        ).one()
        copy = {name: value for name, value in row._mapping.items() if name != "number"}
        tx.execute(insert(outbox.mail_outbox).values(**copy))
        return number

    ground.patch.setattr(outbox, "put", twice)


def keep_in_memory(ground: Ground) -> None:
    """Answers are acknowledged and wait in a list."""
    waiting: list[Any] = []

    def put(*letter: Any, **_more: Any) -> int:
        waiting.append(letter)
        return 0

    ground.patch.setattr(outbox, "put", put)


def show_in_the_outbox(ground: Ground) -> None:
    """The subject of each answer stands in its row, so that the outbox can be searched."""
    before = outbox.put

    def open_row(*given: Any, **more: Any) -> int:
        tx, number = given[0], before(*given, **more)
        words = next(one for one in given if isinstance(one, Letter))
        box = outbox.mail_outbox
        tx.execute(box.update().where(box.c.number == number).values(reason=words.subject))
        return number

    ground.patch.setattr(outbox, "put", open_row)


def lose_the_words(ground: Ground) -> None:
    """The answer's row is queued, its sealed part is not stored."""
    before = records.add

    def lost(tx: Any, ring: Any, record: int, member: Any) -> Any:
        part = before(tx, ring, record, member)
        tx.flush()
        for table in ("vault_key", "vault_part"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table} WHERE number = {part.number}")
        return part

    ground.patch.setattr(records, "add", lost)


def move_without_a_row(ground: Ground) -> None:
    """A move is journaled and acknowledged, and the enquiry stays where it was."""
    before = desk.move

    def back(tx: Any, ring: Any, record: int, to: Any, staff: int) -> Any:
        was = desk.find(tx, record)
        moved = before(tx, ring, record, to, staff)
        if to == desk.State.CLOSED:
            item = desk.enquiry_item
            tx.execute(item.update().where(item.c.number == record).values(state=was.state))
        return moved

    ground.patch.setattr(desk, "move", back)


def show_the_oldest_only(ground: Ground) -> None:
    """The list of what is in work shows nothing."""
    before = desk.page

    def short(connection: Any, state: Any, **more: Any) -> Any:
        return () if state == desk.State.IN_WORK else before(connection, state, **more)

    ground.patch.setattr(desk, "page", short)


# --- what goes out ----------------------------------------------------------------------------------


def speak_to_another_host(ground: Ground) -> None:
    """A library reports home: a socket of the process is connected to a host nobody declared."""
    spoken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ground.later.append(lambda _app: spoken.connect(ELSEWHERE))
    ground.afterwards.callback(spoken.close)


def speak_over_tcp(ground: Ground) -> None:
    """The same to a server that listens, kept open."""
    server = subprocess.Popen(
        [sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    spoken = socket.create_connection(("127.0.0.78", int(server.stdout.readline())))
    ground.afterwards.callback(spoken.close)
    ground.afterwards.callback(server.communicate, b"")


def open_the_way_out(ground: Ground) -> None:
    """The one way out asks nobody any more."""
    ground.patch.setattr(egress, "connect", lambda *_: socket.socket())


def name_no_processor(ground: Ground) -> None:
    """A relay of another firm is configured, and the policy lists no processor."""
    ground.publish(
        ("policy/policy.toml", 'kind = "processor"', 'kind = "third-party"'),
    )
    file = ground.folder / "uphold.toml"
    file.write_text(
        file.read_text() + '\n[mail]\nhost = "relay.elsewhere.example"\nsender = "a@example.org"\n'
    )


def say_it_is_a_guest(ground: Ground) -> None:
    """The relay is said to be the machine of somebody who is no processor."""
    ground.publish(
        (
            "policy/policy.toml",
            'kind = "processor"\ntask.en = "Forwards',
            'kind = "third-party"\ntask.en = "Forwards',
        ),
    )
    file = ground.folder / "uphold.toml"
    relay = '\n[mail]\nhost = "relay.elsewhere.example"\nsender = "a@example.org"\nrun_by = "mail-relay"\n'
    file.write_text(file.read_text() + relay)


def lose_the_contract(ground: Ground) -> None:
    """The next edition no longer says by which contract the host works."""
    ground.publish(
        ("policy/policy.toml", 'contract.en = "Contract No. 14-H of 12 January 2026"\n', ""),
        ("policy/policy.toml", 'contract.ru = "Договор № 14-Х от 12 января 2026 г."\n', ""),
    )


def hide_the_processors(ground: Ground) -> None:
    """Somebody makes the page of the policy shorter."""
    ground.template("policy.html", "{% if page.processors %}\n<h2", "{% if false %}\n<h2")


SABOTAGES = (
    *several(
        "mail.only-in-reply",
        ("stray", "A letter without an enquiry stands in the outbox", write_to_anybody),
        ("any-purpose", "Answers are taken for any purpose", answer_without_the_gate),
        ("twice", "Each answer is queued twice", queue_twice),
    ),
    *several(
        "mail.outage-loses-nothing",
        ("memory", "Answers wait in memory", keep_in_memory),
        ("open", "The outbox shows the subject of each answer", show_in_the_outbox),
        ("lost", "The words of an answer are not stored", lose_the_words),
    ),
    *several(
        "enquiry.worked-through",
        ("stuck", "Closing an enquiry is acknowledged and does nothing", move_without_a_row),
        ("unlisted", "The list of what is in work is empty", show_the_oldest_only),
    ),
    *several(
        "egress.declared-hosts",
        ("datagram", "A socket speaks to an undeclared host", speak_to_another_host),
        ("stream", "A connection to an undeclared host is kept open", speak_over_tcp),
        ("door", "The one way out lets everything pass", open_the_way_out),
    ),
    *several(
        "processors.listed",
        ("relay", "A relay of another firm is configured and not listed", name_no_processor),
        (
            "guest",
            "A relay is said to be a third party's, who has no instruction",
            say_it_is_a_guest,
        ),
        ("contract", "A processor's contract is left out of the policy", lose_the_contract),
        ("page", "The policy's page leaves the processors out", hide_the_processors),
    ),
)
