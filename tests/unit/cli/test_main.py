# SPDX-License-Identifier: Apache-2.0
"""The command line whole: every command wrong and right, every message with advice, never a traceback."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import cast, site, terminal
from tests.terminal import Told
from uphold import __version__, errors
from uphold.cli import main as door
from uphold.policy import folder, scaffold

Run = Callable[..., Told]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return lambda *words: terminal.run(capsys, *words)


def commands(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Every command by the words that lead to it."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not inner:
        yield words
    for action in inner:
        for name, child in action.choices.items():
            yield from commands(child, (*words, name))


COMMANDS = tuple(commands(door.parser()))
# What each command must be given beside its name.
NO_SITE = {
    ("demo",),
    ("backup",),
    ("restore",),
    ("receipt", "verify"),
    ("policy", "import"),
    ("law", "show"),
    ("law", "deadline"),
    ("detection", "replay"),
}
TAKES_DIR = tuple(c for c in COMMANDS if c not in NO_SITE)

# What works on the files of the policy alone, whatever the settings, the keys and the database are.
FILES = {("policy", "suggest"), ("policy", "bind"), ("policy", "findings"), ("register",)}
FILES |= {("detection", "rules")}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A site with its policy published."""
    opened = site.build(tmp_path)
    opened.close()
    return opened.settings.folder


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A site folder as `uphold init` leaves it: nothing is published."""
    root = tmp_path / "new"
    folder.write(root, scaffold.example())
    return root


def more(command: tuple[str, ...], tmp_path: Path) -> list[str | Path]:
    """The other arguments that a command demands, good ones."""
    out: list[str | Path] = [tmp_path / "out"]
    demanded: dict[tuple[str, ...], list[str | Path]] = {
        ("init",): ["--policy", tmp_path / "policy.txt"],
        ("staff", "add"): ["anna"],
        ("staff", "renew"): ["anna"],
        ("client", "add"): ["importer"],
        ("client", "revoke"): ["importer"],
        ("canary", "plant"): ["--staff", "anna"],
        ("attest",): ["4.2.2", "--by", "anna"],
        ("drill",): ["--identity", "mine"],
        ("move",): ["--to", "sqlite:///data/other.sqlite"],
        ("request", "show"): ["1"],
        ("disclosure", "show"): ["1"],
        ("incident", "show"): ["1"],
        ("incident", "open"): ["--by", "anna", "--detected", "2026-11-22T09:15Z"],
        ("incident", "draft"): ["1", "ru-152fz-first", "--by", "anna"],
        ("policy", "bind"): ["1.2", "links.marked"],
        ("policy", "ask"): ["--edition", "1"],
        ("retention", "order", "place"): [
            *("--ground", "An order", "--by", "anna", "--purpose", "communication")
        ],
        ("statistics", "recipe", "fix"): ["--by", "anna"],
        ("statistics", "query"): ["visitors"],
        ("retention", "order", "lift"): ["1", "--by", "anna"],
        ("mail", "export"): out,
        ("journal", "export"): out,
        # The only file that is there whatever the case.
        ("mail", "bounced"): [__file__],
        ("visits", "import"): [__file__],
        ("visits", "read"): ["--by", "anna"],
    }
    return demanded.get(command, [])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    told = run(*command, "--help")
    assert told.code == 0
    assert f"usage: uphold {' '.join(command)}" in told.out
    assert told.err == ""


@pytest.mark.parametrize("command", [(), ("staff",), ("policy",), ("nothing",), ("serve", "--x")])
def test_a_wrong_command_leads_to_help(run: Run, command: tuple[str, ...]) -> None:
    told = run(*command)
    assert told.code == 2
    assert "--help" in told.advice
    assert told.out == ""


@pytest.mark.parametrize("command", TAKES_DIR, ids=" ".join)
@pytest.mark.parametrize("place", ["absent", "file", "empty"])
def test_a_folder_that_is_no_site(
    run: Run, command: tuple[str, ...], place: str, tmp_path: Path
) -> None:
    (tmp_path / "policy.txt").write_text("Policy\n1. One.\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    told = run(*command, tmp_path / place, *more(command, tmp_path))
    if command == ("init",) and place != "file":
        assert told.code == 0
        return
    if command == ("policy", "findings") and place == "file":
        assert told.code == 1  # a bare text may be examined too, and this one lacks everything
        return
    assert told.code == 2
    assert told.advice
    assert "Traceback" not in told.err
    assert "fault in Uphold" not in told.err


UNREADY = FILES | {("init",), ("check",), ("policy", "publish")}
BEFORE = tuple(c for c in TAKES_DIR if c not in UNREADY)


@pytest.mark.parametrize("command", BEFORE, ids=" ".join)
def test_before_the_first_edition(
    run: Run, command: tuple[str, ...], new: Path, tmp_path: Path
) -> None:
    told = run(*command, new, *more(command, tmp_path))
    assert told.code == 2
    if command != ("journal", "verify"):
        assert "Nothing has been published in new/ yet." in told.err
        assert "uphold policy publish new" in told.advice
    assert not (new / "data").exists()


# What stays good without a key ring, because it only reads what is not sealed.
READS = {("policy", "show"), ("policy", "editions"), ("staff", "list"), ("upgrade",)}
READS |= {("client", "list"), ("egress",)}
READS |= {("policy", "diff"), ("request", "list"), ("request", "show")}
READS |= {("disclosure", "list"), ("disclosure", "show"), ("statistics", "recipe", "show")}
READS |= {("visits", "snippet")}
READS |= {("statistics", "ledger"), ("statistics", "budget")}
READS |= FILES | {("journal", "head"), ("journal", "export"), ("check",)}
OPENS = tuple(c for c in TAKES_DIR if c not in READS | {("init",), ("journal", "verify")})


@pytest.mark.parametrize("command", OPENS, ids=" ".join)
def test_a_key_ring_that_others_may_read(
    run: Run, command: tuple[str, ...], begun: Path, tmp_path: Path
) -> None:
    (begun / "keys" / "ring.json").chmod(0o644)
    told = run(*command, begun, *more(command, tmp_path))
    assert told.code == 1
    assert f"chmod 600 {begun / 'keys' / 'ring.json'}" in told.advice


@pytest.mark.parametrize("command", OPENS, ids=" ".join)
def test_a_lost_key_ring_is_never_replaced(
    run: Run, command: tuple[str, ...], begun: Path, tmp_path: Path
) -> None:
    (begun / "keys" / "ring.json").rename(tmp_path / "ring.json")
    told = run(*command, begun, *more(command, tmp_path))
    assert told.code in {1, 2}
    assert "Put" in told.advice
    assert not (begun / "keys" / "ring.json").exists()


@pytest.mark.parametrize(
    "command", [c for c in TAKES_DIR if c not in FILES | {("init",), ("check",)}], ids=" ".join
)
def test_a_lost_database_is_never_replaced(
    run: Run, command: tuple[str, ...], begun: Path, tmp_path: Path
) -> None:
    for file in (begun / "data").iterdir():
        file.rename(tmp_path / file.name)
    told = run(*command, begun, *more(command, tmp_path))
    assert told.code == 1
    assert told.advice
    assert list((begun / "data").iterdir()) == []


@pytest.mark.parametrize(
    "text", ["[[[", '[serve]\nport = "x"\n', "[site]\nadress = 1\n", "\udcff"], ids=repr
)
@pytest.mark.parametrize(
    "command", [c for c in TAKES_DIR if c not in FILES | {("init",)}], ids=" ".join
)
def test_settings_that_cannot_be_read(
    run: Run, command: tuple[str, ...], begun: Path, tmp_path: Path, text: str
) -> None:
    (begun / "uphold.toml").write_text(text, errors="surrogateescape")
    told = run(*command, begun, *more(command, tmp_path))
    assert told.code == (1 if command == ("check",) else 2)
    assert "uphold.toml" in (told.out + told.err)
    assert "configuration.md" in (told.out + told.err) or text == "\udcff"


RIGHT = {
    ("check",): (),
    ("policy", "suggest"): (),
    ("policy", "show"): (),
    ("policy", "editions"): (),
    ("staff", "list"): (),
    ("staff", "add"): ("anna",),
    ("mail", "export"): ("OUT",),
    ("mail", "bounced"): (__file__,),
    ("journal", "head"): (),
    ("journal", "verify"): (),
}


@pytest.mark.parametrize("command", RIGHT, ids=" ".join)
def test_whatever_reports_also_does_in_json(
    run: Run, command: tuple[str, ...], begun: Path, tmp_path: Path
) -> None:
    settings = begun / "uphold.toml"
    settings.write_text(settings.read_text() + '[mail]\nsender = "Office <o@example.org>"\n')
    words = [str(tmp_path / "out") if word == "OUT" else word for word in RIGHT[command]]
    told = run(*command, begun, *words, "--json")
    assert (told.code, told.err) == (0, "")
    assert told.json is not None
    plain = run(*command, begun, *words)
    assert (plain.code, plain.err) == (0, "")
    assert plain.out


def test_the_version(run: Run) -> None:
    assert run("--version").out == f"uphold {__version__}\n"


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (errors.Invalid("Wrong.", "Mend it."), 2, "uphold: Wrong.\n  Mend it.\n"),
        (errors.Missing("Gone.", "Look."), 2, "uphold: Gone.\n  Look.\n"),
        (errors.Broken("Broken.", "Stop."), 1, "uphold: Broken.\n  Stop.\n"),
        (errors.Unavailable("Away.", "Wait."), 1, "uphold: Away.\n  Wait.\n"),
        (KeyboardInterrupt(), 1, "\nuphold: stopped\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_becomes_an_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, said: str
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise raised

    monkeypatch.setattr("uphold.cli.staff.run_list", fail)
    told = run("staff", "list", "x")
    assert (told.code, told.err) == (code, said)


def test_a_fault_of_ours_quotes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise RuntimeError(cast.subject.email)

    monkeypatch.setattr("uphold.cli.staff.run_list", fail)
    told = run("staff", "list", "x")
    assert told.code == 1
    assert "a fault in Uphold itself: RuntimeError in test_main.py:" in told.err
    assert "report it" in told.advice
    assert cast.leaks(told.err.encode()) == []


def test_an_output_that_is_closed_is_no_fault(begun: Path) -> None:
    """As in `uphold policy show DIR | head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "uphold", "policy", "show", str(begun)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode in {0, 1}
    assert done.stderr == ""


def listed(parser: argparse.ArgumentParser) -> dict[str, str | None]:
    """The commands of a parser, each with what is told of it."""
    [inner] = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return {one.dest: one.help for one in inner._choices_actions}


def test_the_list_of_commands_is_what_they_are() -> None:
    """Help is shown from the list alone; a command that is missing there cannot be called."""
    told = {name: about for name, (_, about) in door.COMMANDS.items()}
    assert listed(door.parser()) == listed(door.parser("")) == told


@pytest.mark.parametrize("name", sorted(door.COMMANDS))
def test_a_command_is_found_in_its_module(name: str) -> None:
    assert name in listed(door.parser(name))


@pytest.mark.parametrize(("columns", "widest"), [("60", 58), ("200", 198), ("no", 78)])
def test_help_is_as_wide_as_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: str, widest: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    told = run("backup", "--help")
    assert told.code == 0
    longest = max(len(line) for line in told.out.splitlines())
    assert longest <= widest


def test_no_command_loads_what_others_need() -> None:
    told = "import sys; from uphold.cli.main import parser; parser('law'); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    mine = {one for one in ran.stdout.split() if one.startswith("uphold.")}
    assert mine <= {
        f"uphold.{one}" for one in ("cli", "cli.law", "cli.main", "cli.output", "errors", "later")
    }
