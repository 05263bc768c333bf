# SPDX-License-Identifier: Apache-2.0
"""The rules of a site: those of the package and its own, and which of them act, are tried out, or are off."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from uphold.config.settings import Settings
from uphold.detection import sigma
from uphold.detection.rule import Rule, Rules, State
from uphold.errors import Invalid

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Every rule of a site, and how each that raises alerts stands."""

    rules: Rules
    states: Mapping[str, State]

    @property
    def in_force(self) -> Rules:
        """The rules that are asked."""
        return self.rules.without(name for name, state in self.states.items() if state is State.OFF)

    @property
    def digest(self) -> str:
        """A digest of what the rules say and how they stand."""
        stands = "".join(f"\n{name}={state}" for name, state in sorted(self.states.items()))
        return hashlib.sha256((self.rules.digest + stands).encode("ascii")).hexdigest()

    def count(self, state: State) -> int:
        """How many rules that raise alerts stand so."""
        return sum(one is state for one in self.states.values())

    def acts(self, rule: Rule) -> bool:
        """Tell whether a rule does what it says."""
        return self.states.get(rule.name) is State.ON


@cache
def pack() -> Rules:
    """Read the rules of the package."""
    return sigma.load(files())


def of_site(settings: Settings) -> Book:
    """Read the rules of a site. Raises Invalid, naming file, rule and key, or the setting that names no rule."""
    own = folder(settings.path(settings.detection.rules))
    rules = sigma.load((*files(), *own)) if own else pack()
    return Book(rules, _states(settings, rules))


def to_call(settings: Settings) -> Book:
    """The rules of a site to call alerts by: the package's alone where its own cannot be read now.

    Who must judge an alert or lift what it did is kept from it by no file.
    """
    try:
        return of_site(settings)
    except Invalid:
        rules = pack()
        return Book(rules, dict.fromkeys((rule.name for rule in rules.alerting), State.ON))


def folder(path: Path) -> Files:
    """Read the rule files of a folder, if there is one. Raises Invalid for one that cannot be read."""
    try:
        files = sorted(one for one in path.iterdir() if one.suffix in (".yml", ".yaml"))
        return tuple((f"{path.name}/{one.name}", _read(one)) for one in files)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Invalid(
            f"The rules in {path.name} cannot be read ({type(error).__name__}).",
            "Mend the path or the mode; see [detection] rules.",
        ) from None


def _read(path: Path) -> bytes:
    """Read a rule file, and no more of it than shows that it is too long; what is no file is not waited for."""
    if not path.is_file():
        raise OSError
    with path.open("rb") as file:
        return file.read(sigma.MOST_BYTES + 1)


def files() -> Files:
    """Read the rule files of the package."""
    found = resources.files("uphold.detection") / "pack"
    files = sorted((one for one in found.iterdir() if one.name.endswith(".yml")), key=_name)
    return tuple((f"pack/{one.name}", one.read_bytes()) for one in files)


def _name(one: object) -> str:
    return str(getattr(one, "name", ""))


def _states(settings: Settings, rules: Rules) -> dict[str, State]:
    wanted, alerting = settings.detection, {rule.name for rule in rules.alerting}
    _known("dry_run", wanted.dry_run, alerting)
    _known("disabled", wanted.disabled, alerting)
    usual = State.ON if wanted.act else State.DRY
    states = dict.fromkeys(sorted(alerting), usual)
    states.update(dict.fromkeys(wanted.dry_run, State.DRY))
    states.update(dict.fromkeys(wanted.disabled, State.OFF))
    return states


def _known(key: str, names: Iterable[str], alerting: set[str]) -> None:
    unknown = sorted(set(names) - alerting)
    if unknown:
        raise Invalid(
            f"[detection] {key} names {unknown[0][:60]}, which is no rule that raises alerts.",
            "List them with: uphold detection rules DIR",
        )
