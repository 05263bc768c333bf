# SPDX-License-Identifier: Apache-2.0
"""Sigma rules and correlations from YAML, strictly: what is not known here is refused, by file, rule and key.

    load(files) -> Rules        files are (name, bytes); a file holds documents separated by ---

Nothing outside the text is read, no alias of YAML is followed and no key may stand twice: a rule is what it looks like.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from uphold.detection import condition
from uphold.detection.correlate import MOST_ITEMS, TIMED, VALUED, Correlation, Type
from uphold.detection.event import SERVICES, Event
from uphold.detection.rule import Against, Response, Rule, Rules
from uphold.detection.selection import Clause
from uphold.errors import Invalid

MOST_BYTES = 512 * 1024
MOST_DEPTH = 24
MOST_RULES = 1000
MOST_CHAIN = 8

_ADVICE = "What a rule may say is in docs/reference/detection-rules.md."
_NAME = re.compile("[a-z0-9-]{1,40}").fullmatch
_TIMESPAN = re.compile(r"([1-9][0-9]{0,5})([smhdw])").fullmatch
_DURATION = re.compile(
    "P(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?"
).fullmatch
_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_MOST_SPAN_MS = 92 * 86_400_000
_LEVELS = {"informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_PLAIN = frozenset(
    "id description status level tags author date modified references falsepositives fields license related scope"
    " taxonomy".split()
)  # fmt: skip
_EITHER = _PLAIN | {"title", "name", "uphold"}
_RULE_KEYS = _EITHER | {"logsource", "detection"}
_CORRELATION_KEYS = _EITHER | {"correlation"}
_ASKED_KEYS = frozenset("type rules group-by timespan condition aliases generate".split())
_OWN_KEYS = frozenset(
    "severity respond for quiet against group spoofable confirm title why".split()
)


class _Strict(yaml.CSafeLoader):
    """YAML as plain data, in which no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - as PyYAML has it
        """Make a mapping; raises ConstructorError for a key that stands twice."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a plain text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def load(files: Iterable[tuple[str, bytes]]) -> Rules:
    """Read all rules of these files. Raises Invalid, naming file, rule and key, for anything that is none."""
    documents = [
        (file, index, document)
        for file, raw in files
        for index, document in enumerate(_documents(file, raw), 1)
    ]
    if len(documents) > MOST_RULES:
        raise Invalid(f"There are more than {MOST_RULES} rules.", _ADVICE)
    rules: dict[str, Rule] = {}
    for file, index, document in documents:
        where = f"{file}: rule {index}"
        name = document.get("name")
        if not isinstance(name, str) or not _NAME(name):
            raise _fault(where, "name is 1 to 40 of a-z, 0-9 and hyphen")
        if name in rules:
            raise _fault(where, f"{name} is a rule of {rules[name].file} already")
        try:
            rules[name] = _rule(file, name, document)
        except Invalid as error:
            raise _fault(f"{file}: {name}", error.message) from error
    return _ordered(rules)


def _fault(where: str, what: str) -> Invalid:
    return Invalid(f"{where}: {what}.", _ADVICE)


def _documents(file: str, raw: bytes) -> Iterator[Mapping[str, Any]]:
    if len(raw) > MOST_BYTES:
        raise _fault(file, f"it has more than {MOST_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
        _look(file, text)
        for document in yaml.load_all(text, Loader=_Strict):
            if document is None:
                continue
            if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
                raise _fault(file, "each document is a map")
            yield document
    except (yaml.YAMLError, UnicodeError, ValueError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        what = getattr(error, "problem", None) or "it is no YAML"
        raise _fault(file, what if line is None else f"line {line + 1}: {what}") from error


def _look(file: str, text: str) -> None:
    """Refuse what could make much of little, before anything is made of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise _fault(file, f"line {line}: an alias of YAML is not read")
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) is not None:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise _fault(file, f"line {line}: a tag of YAML is not read")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise _fault(file, f"it is nested more than {MOST_DEPTH} deep")


def _rule(file: str, name: str, document: Mapping[str, Any]) -> Rule:
    """Make a rule of a document; messages name the key."""
    correlates = "correlation" in document
    _only(document, _CORRELATION_KEYS if correlates else _RULE_KEYS, "")
    title = document.get("title")
    if not isinstance(title, str) or not title:
        raise Invalid("title is a text")
    own = _map(document.get("uphold", {}), "uphold")
    _only(own, _OWN_KEYS, "uphold.")
    clause, asked = None, None
    if correlates:
        asked = _correlation(_map(document["correlation"], "correlation"))
    else:
        clause = _clause(document)
    against = _one(Against, own.get("against", "site"), "uphold.against")
    if asked is not None and "group" in own:
        raise Invalid("uphold.group: a correlation has group-by")
    group = _names(own.get("group", _group(against, clause)), "uphold.group")
    return Rule(
        name=name,
        file=file,
        title={"en": title, **_texts(own.get("title", {}), "uphold.title")},
        why=_texts(own.get("why", {}), "uphold.why"),
        severity=_severity(own, document),
        respond=_respond(own.get("respond", ["log"])),
        for_ms=_duration(own.get("for", "PT1H"), "uphold.for"),
        quiet_ms=_duration(own.get("quiet", "PT1H"), "uphold.quiet"),
        against=against,
        group=asked.group_by if asked is not None else group,
        spoofable=_flag(own.get("spoofable", False), "uphold.spoofable"),
        confirm=own.get("confirm") is not None and _confirm(own["confirm"]),
        alerts="uphold" in document,
        clause=clause,
        correlation=asked,
        digest=_digest(document),
    )


def _digest(document: Mapping[str, Any]) -> str:
    try:
        plain = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    except ValueError as error:
        raise Invalid("a number has too many digits") from error
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _only(found: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
    unknown = sorted(str(key) for key in found if key not in known)
    if unknown:
        raise Invalid(f"{prefix}{unknown[0][:60]} is no key that is known here")


def _map(raw: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict) or not all(isinstance(one, str) for one in raw):
        raise Invalid(f"{key} is a map")
    return raw


def _clause(document: Mapping[str, Any]) -> Clause:
    source = _map(document.get("logsource"), "logsource")
    _only(source, frozenset({"product", "service"}), "logsource.")
    if source.get("product") != "uphold":
        raise Invalid("logsource.product is uphold")
    service = source.get("service")
    if service is not None and service not in SERVICES:
        raise Invalid(f"logsource.service is one of {', '.join(SERVICES)}")
    clause = condition.read(_map(document.get("detection"), "detection"))
    return clause if service is None else _of_service(clause, service)


def _of_service(clause: Clause, service: str) -> Clause:
    holds = clause.holds

    def both(event: Event) -> bool:
        return event["service"] == service and holds(event)

    return Clause(both, clause.kinds, clause.fields)


def _group(against: Against, clause: Clause | None) -> list[str]:
    """By what the alerts of a rule are told apart that does not say so."""
    if against is Against.SITE or clause is None:
        return []
    return ["source"] if against is Against.SOURCE else ["staff"]


def _correlation(raw: Mapping[str, Any]) -> Correlation:
    _only(raw, _ASKED_KEYS, "correlation.")
    kind = _one(Type, raw.get("type"), "correlation.type")
    rules = _names(raw.get("rules", []), "correlation.rules")
    if not rules or len(set(rules)) < len(rules):
        raise Invalid("correlation.rules names each rule once, and at least one")
    counted, least = _condition(raw.get("condition"), kind, len(rules))
    return Correlation(
        type=kind,
        rules=rules,
        group_by=_names(raw.get("group-by", []), "correlation.group-by"),
        span_ms=_timespan(raw.get("timespan")),
        least=least,
        counted=counted,
        aliases=_aliases(raw.get("aliases", {}), rules),
        generate=_flag(raw.get("generate", False), "correlation.generate"),
    )


def _condition(raw: Any, kind: Type, rules: int) -> tuple[str, int]:
    """Return which field is counted, "" for none, and how much it takes at least."""
    key = "correlation.condition"
    if raw is None and kind in TIMED:
        return "", rules
    asked = _map(raw, key)
    _only(asked, frozenset({"gt", "gte", "field"}), f"{key}.")
    bounds = [(name, asked[name]) for name in ("gt", "gte") if name in asked]
    if len(bounds) != 1 or type(bounds[0][1]) is not int:
        raise Invalid(f"{key} has one of gt and gte, with a whole number")
    least = bounds[0][1] + (bounds[0][0] == "gt")
    counted = asked.get("field", "")
    if (kind in VALUED) is not bool(counted) or not isinstance(counted, str):
        raise Invalid(
            f"{key}.field belongs to value_count and value_sum, and is the name of one field"
        )
    if kind is Type.TEMPORAL_ORDERED and least != rules:
        raise Invalid(f"{key}: temporal_ordered asks for all of its rules")
    most = rules if kind in TIMED else MOST_ITEMS
    if least < 1 or (kind is not Type.VALUE_SUM and least > most):
        raise Invalid(f"{key} asks for 1 to {most}")
    return counted, least


def _aliases(raw: Any, rules: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for alias, mapping in _map(raw, "correlation.aliases").items():
        key = f"correlation.aliases.{alias[:60]}"
        found[alias] = {}
        for rule, name in _map(mapping, key).items():
            if rule not in rules or not isinstance(name, str):
                raise Invalid(f"{key} gives a field for rules of this correlation")
            found[alias][rule] = name
    return found


def _timespan(raw: Any) -> int:
    match = _TIMESPAN(raw) if isinstance(raw, str) else None
    span = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 0 < span <= _MOST_SPAN_MS:
        raise Invalid("correlation.timespan is a number with s, m, h, d or w, at most 92d")
    return span


def _duration(raw: Any, key: str) -> int:
    match = _DURATION(raw) if isinstance(raw, str) else None
    if match is None or raw in ("P", "PT") or raw.endswith("T"):
        raise Invalid(f"{key} is a duration such as PT1H or P1D")
    days, hours, minutes, seconds = (int(one or 0) for one in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000


def _severity(own: Mapping[str, Any], document: Mapping[str, Any]) -> int:
    level = document.get("level", "low")
    if level not in _LEVELS:
        raise Invalid(f"level is one of {', '.join(_LEVELS)}")
    severity = own.get("severity", _LEVELS[level])
    if type(severity) is not int or not 1 <= severity <= 5:
        raise Invalid("uphold.severity is 1 to 5")
    return severity


def _respond(raw: Any) -> tuple[Response, ...]:
    if not isinstance(raw, list):
        raise Invalid("uphold.respond is a list")
    found = [_one(Response, one, "uphold.respond") for one in raw]
    # In the order of the ladder, whatever order they are written in.
    return tuple(one for one in Response if one in found)


def _confirm(raw: Any) -> bool:
    if raw != "person":
        raise Invalid("uphold.confirm is person")
    return True


def _flag(raw: Any, key: str) -> bool:
    if not isinstance(raw, bool):
        raise Invalid(f"{key} is true or false")
    return raw


def _one(words: Any, raw: Any, key: str) -> Any:
    try:
        return words(raw)
    except ValueError as error:
        raise Invalid(f"{key} is one of {', '.join(words)}") from error


def _names(raw: Any, key: str) -> tuple[str, ...]:
    found = [raw] if isinstance(raw, str) else raw
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise Invalid(f"{key} is a list of names")
    return tuple(found)


def _texts(raw: Any, key: str) -> dict[str, str]:
    found = _map(raw, key)
    if not all(name in ("en", "ru") and isinstance(text, str) for name, text in found.items()):
        raise Invalid(f"{key} has texts under en and ru, and nothing else")
    return dict(found)


def _ordered(rules: Mapping[str, Rule]) -> Rules:
    """Put each rule behind those that it names, and find out which raise alerts."""
    done: dict[str, Rule] = {}
    named = {name for rule in rules.values() for name in rule.names}
    generated = {
        name
        for rule in rules.values()
        if rule.correlation is not None and rule.correlation.generate
        for name in rule.names
    }
    for rule in rules.values():
        _place(rule, rules, done, ())
    silent = named - generated
    every = tuple(
        replace(rule, alerts=rule.alerts or rule.name not in silent) for rule in done.values()
    )
    together = "".join(sorted(rule.digest for rule in every))
    return Rules(every, hashlib.sha256(together.encode("ascii")).hexdigest())


def _place(
    rule: Rule, rules: Mapping[str, Rule], done: dict[str, Rule], above: tuple[str, ...]
) -> None:
    where = f"{rule.file}: {rule.name}"
    if rule.name in above or len(above) > MOST_CHAIN:
        raise _fault(where, f"correlation.rules names itself, or {MOST_CHAIN} one after another")
    if rule.name in done:
        return
    for name in rule.names:
        if name not in rules:
            raise _fault(where, f"correlation.rules names {name[:60]}, which is no rule")
        _place(rules[name], rules, done, (*above, rule.name))
        _chained(where, rule, rules[name])
    done[rule.name] = rule


def _chained(where: str, rule: Rule, below: Rule) -> None:
    """What a correlation is to another is its group alone: refuse to ask it for anything else."""
    asked = rule.correlation
    if asked is None or below.correlation is None:
        return
    wanted = [*asked.group_by, *([asked.counted] if asked.counted else [])]
    for name in wanted:
        if asked.named(name, below.name) not in below.correlation.group_by:
            raise _fault(where, f"{name} is nothing that {below.name} groups by")
