# SPDX-License-Identifier: Apache-2.0
import json
import logging
import logging.config
from typing import Any

import pytest

from tests import cast
from uphold.web import logs

SECRET = cast.subject.mark


def line(name: str, message: object, *arguments: object, error: BaseException | None = None) -> Any:
    told = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, told)
    text = logs.Lines().format(record)
    assert "\n" not in text
    return json.loads(text)


def failed() -> ValueError:
    try:
        raise ValueError(f"cannot read {SECRET}")
    except ValueError as error:
        return error


def test_a_line_says_when_how_bad_who_and_what() -> None:
    said = line("uphold.background", "%s waits: %s", "mail", "no relay")
    assert said["what"] == "mail waits: no relay"
    assert (said["level"], said["from"]) == ("warning", "uphold.background")
    assert said["at"].endswith("+00:00")


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "upholders"])
def test_arguments_of_others_are_left_out(name: str) -> None:
    said = line(name, "%s from %s\ntransport: <%s>", SECRET, "192.0.2.1")
    assert said["what"] == "%s from %s"


def test_a_foreign_message_may_be_an_object() -> None:
    assert line("uvicorn.error", OSError(98, "in use"))["what"] == "[Errno 98] in use"


def test_a_fault_is_told_by_its_kind_and_place() -> None:
    said = line("uphold.post", "A post could not be answered.", error=failed())
    assert said["fault"] == "ValueError"
    assert said["place"][0].startswith("web/test_logs.py:")
    assert SECRET not in json.dumps(said)


def test_everybody_is_heard_in_lines(capfd: pytest.CaptureFixture[str]) -> None:
    """The configuration as the server takes it, in loggers of all kinds."""
    names = ("", "uphold", "uvicorn", "uvicorn.error")
    before = {name: _state(name) for name in names}
    try:
        logging.config.dictConfig(logs.CONFIGURATION)
        for name in ("uphold.x", "uvicorn.error", "asyncio"):
            logging.getLogger(name).error("something\nhappened", exc_info=failed())
        logging.getLogger("uvicorn.access").info(SECRET)
    finally:
        for name, (handlers, level, propagate) in before.items():
            logger = logging.getLogger(name)
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)
    lines = [json.loads(text) for text in capfd.readouterr().err.splitlines()]
    assert [said["from"] for said in lines] == ["uphold.x", "uvicorn.error", "asyncio"]
    assert SECRET not in json.dumps(lines)


def _state(name: str) -> tuple[list[logging.Handler], int, bool]:
    logger = logging.getLogger(name)
    return list(logger.handlers), logger.level, logger.propagate


def test_nothing_that_was_sent_ends_a_line_or_moves_a_cursor() -> None:
    ends = "\r\n\x0b\x0c\x1c\x85\u2028\u2029"
    moves = "\x00\x07\x08\x1b[2J\x7f\x9b31m\u202e\u2066\u200b\ufeff\U000e0041"
    record = logging.LogRecord(
        "uphold.x", logging.INFO, __file__, 1, "%s", (f"a{ends}{moves}\ud800b",), None
    )
    text = logs.Lines().format(record)
    assert text.isprintable()
    assert len(text.splitlines()) == 1
    assert json.loads(text)["what"] == f"a{ends}{moves}\\ud800b"


def test_what_prints_is_printed_as_it_is() -> None:
    record = logging.LogRecord("uphold.x", logging.INFO, __file__, 1, "Папка «данные» 🙂", (), None)
    assert "Папка «данные» 🙂" in logs.Lines().format(record)
