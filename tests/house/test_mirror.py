# SPDX-License-Identifier: Apache-2.0
"""Each module has its own test file at the mirrored place, and each test file has its module."""

from collections.abc import Iterable
from pathlib import Path

from tests.house import source

UNIT = source.ROOT / "tests" / "unit"

# Modules without a test file of their own, each with its reason. The list only shrinks: an entry whose
# test file exists, or whose module is gone, fails.
EXCEPTIONS: dict[str, str] = {}


def is_tested_elsewhere(name: str) -> bool:
    """Packages' own files hold a docstring; the migrations run whenever a database is made."""
    return name.endswith("__init__.py") or "/migrations/" in name


def expected(name: str) -> str:
    """`journal/entry.py` is tested in `journal/test_entry.py`; `policy/import_.py` in `test_import.py`."""
    path = Path(name)
    return path.with_name(f"test_{path.stem.strip('_')}.py").as_posix()


def untested(modules: Iterable[str], tests: set[str]) -> list[str]:
    return [m for m in modules if not is_tested_elsewhere(m) and expected(m) not in tests]


def orphans(modules: Iterable[str], tests: Iterable[str]) -> list[str]:
    """Test files that mirror no module; `test_entry_fuzz.py` belongs to `entry.py` too."""
    stems = {expected(module).removesuffix(".py") for module in modules}
    found = []
    for test in tests:
        parts = test.removesuffix(".py").split("_")
        starts = {"_".join(parts[:n]) for n in range(2, len(parts) + 1)}
        if not starts & stems:
            found.append(test)
    return found


def modules() -> list[str]:
    return [file.name for file in source.files()]


def mirrored() -> set[str]:
    """The unit tests of the package; `tests/unit/bench` mirrors the benchmark instead."""
    names = {path.relative_to(UNIT).as_posix() for path in UNIT.rglob("test_*.py")}
    return {name for name in names if not name.startswith("bench/")}


def test_each_module_has_its_test_file() -> None:
    missing = set(untested(modules(), mirrored())) - set(EXCEPTIONS)
    assert sorted(missing) == []


def test_exceptions_only_shrink() -> None:
    assert set(EXCEPTIONS) <= set(untested(modules(), mirrored()))


def test_each_test_file_has_its_module() -> None:
    assert orphans(modules(), sorted(mirrored())) == []


def test_faults_are_found() -> None:
    names = ["errors.py", "journal/__init__.py", "journal/entry.py", "policy/import_.py"]
    there = {"journal/test_entry.py", "journal/test_entry_fuzz.py", "journal/test_gone.py"}
    assert untested(names, there) == ["errors.py", "policy/import_.py"]
    assert orphans(names, there) == ["journal/test_gone.py"]
