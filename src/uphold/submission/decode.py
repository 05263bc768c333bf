# SPDX-License-Identifier: Apache-2.0
"""A post's body becomes a flat mapping of names to values. Knows nothing of forms (pure)."""

import json as _json
import logging
import re
from binascii import a2b_qp, unhexlify
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from uphold.errors import UpholdError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELDS = 200

_MARKS = bytes.maketrans(b"+%=&", b" =\1\2")
_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")
# A file is announced as `filename`, or as `filename*` (RFC 6266), which the parser passes over.
_FILE = re.compile(rb";\s*filename\*?\s*=", re.IGNORECASE)
# It logs which byte of a body it stumbled over.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


class Malformed(UpholdError):
    """The body is not what its type says (HTTP 400)."""


class Unsupported(UpholdError):
    """The body's type is none that a form may have (HTTP 415)."""


def body(content_type: str, raw: bytes) -> dict[str, str]:
    """Decode a body by its content type; a name may stand in it once.

    Raises `Unsupported` for a type other than form-encoded, multipart and JSON, and `Malformed`.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return form_encoded(raw)
    if kind == "application/json":
        return json(raw)
    if kind == "multipart/form-data":
        return multipart(content_type, raw)
    raise Unsupported(
        "A form is sent as application/x-www-form-urlencoded, multipart/form-data or application/json.",
        "Set the Content-Type.",
    )


def form_encoded(raw: bytes) -> dict[str, str]:
    """Decode `application/x-www-form-urlencoded` (WHATWG URL, section 5.1), UTF-8 only."""
    values: dict[str, str] = {}
    if raw.count(b"&") >= MOST_FIELDS:
        raise Malformed("The form has too many fields.", "Send the declared ones only.")
    whole = _unescape_all(raw)
    if whole is None:
        for pair in raw.replace(b"+", b" ").split(b"&"):
            if pair:
                name, _, value = pair.partition(b"=")
                _put(values, _unescape(name), _unescape(value))
        return values
    for text in whole.split("\2"):
        if text:
            key, _, typed = text.partition("\1")
            if key in values:
                raise _twice()
            values[key] = typed.replace("\1", "=")
    return values


def json(raw: bytes) -> dict[str, str]:
    """Decode a flat JSON object (RFC 8259); true is `yes`, false and null are as good as absent.

    A number is kept as it was written. The standard library reads it, because no other reader tells of
    names that stand twice.
    """
    try:
        decoded = _json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_members,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse,
        )
        if type(decoded) is not dict:
            raise ValueError
        values = {
            name: "yes" if value is True else value
            for name, value in decoded.items()
            if value is not None and value is not False
        }
        # Half of a surrogate pair can be written in JSON, and in no other place that text comes to.
        "".join([*values, *values.values()]).encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        raise Malformed(
            "The body is not a flat JSON object.", "Send names with text values."
        ) from None
    return values


def multipart(content_type: str, raw: bytes) -> dict[str, str]:
    """Decode `multipart/form-data` (RFC 7578) without files."""
    reader = _Multipart()
    try:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise Malformed(
                "The multipart body names no boundary.", "Let the client set the Content-Type."
            )
        parser = MultipartParser(boundary, reader.callbacks())
        parser.write(raw)
        parser.finalize()
    except (FormParserError, ValueError, UnicodeDecodeError):
        raise Malformed("The multipart body is broken.", "Send the form again.") from None
    if not reader.ended:
        raise Malformed("The multipart body is cut short.", "Send the form again.")
    return reader.values


class _Multipart:
    """Collects the parts that the parser announces piece by piece."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.ended = False
        self._header = b""
        self._disposition = b""
        self._piece = b""
        self._data: list[bytes] = []

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition, self._header, self._piece, self._data = b"", b"", b"", []

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._piece += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._piece
        self._header, self._piece = b"", b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data.append(data[start:end])

    def _end_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        if _FILE.search(self._disposition):
            raise Malformed("This form takes no files.", "Send it without the file.")
        if b"name" not in options:
            raise Malformed("A part of the multipart body has no name.", "Send the form again.")
        if len(self.values) >= MOST_FIELDS:
            raise Malformed("The form has too many fields.", "Send the declared ones only.")
        _put(self.values, _text(options[b"name"]), _text(b"".join(self._data)))

    def _end(self) -> None:
        self.ended = True


def _members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its members: called for each, the inner ones first."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if len(values) >= MOST_FIELDS:
            raise Malformed("The form has too many fields.", "Send the declared ones only.")
        _put(values, name, value)
    return values


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise ValueError(constant)


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    if name in values:
        raise _twice()
    values[name] = value


def _twice() -> Malformed:
    return Malformed("A field stands twice in the form.", "Send each field once.")


def _unescape_all(raw: bytes) -> str | None:
    r"""Unescape a whole body, with `\1` for each `=` in it and `\2` for each `&`; None for one that is not so plain.

    With `=` in the place of `%`, a codec of the interpreter for another purpose reads a Cyrillic message in half the
    time of `_unquote`. It would leave out a `%` at the end of a line, and read as `=` one that is no escape.
    """
    if b"\n" in raw or b"\r" in raw:
        return None
    marked = raw.translate(_MARKS)
    unescaped = a2b_qp(marked)
    try:
        text = unescaped.decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_read = len(unescaped) == len(raw) - 2 * raw.count(b"%")
    is_marked = text.count("\1") == raw.count(b"=") and text.count("\2") == raw.count(b"&")
    return text if is_read and is_marked else None


def _unescape(raw: bytes) -> str:
    return _text(_unquote(raw) if b"%" in raw else raw)


def _unquote(raw: bytes) -> bytes:
    r"""Read each `%` with two hex digits as a byte, and leave any other `%` as it is (RFC 3986 2.1).

    With `\x` in the place of `%`, a codec of the interpreter reads a Cyrillic message in half the time that
    any loop or pattern takes. It knows no lone `%`, and would read the `\` that a person typed.
    """
    if b"\\" not in raw:
        try:
            return raw.replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")
        except UnicodeDecodeError:
            pass
    return _ESCAPES.sub(_bytes, raw)


def _bytes(run: re.Match[bytes]) -> bytes:
    return unhexlify(run[0].replace(b"%", b""))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The form is not UTF-8 text.", "Send it as UTF-8.") from None
