# SPDX-License-Identifier: Apache-2.0
"""Modules whose code runs when they are used: that it does, once, and that a serving site waits for none of them."""

import importlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from uphold import later
from uphold.later import LATER, Later

NAME = "uphold_test_of_later"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of a module that is named as one to be loaded later."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(later, "LATER", LATER | {NAME})
    importlib.invalidate_caches()
    yield tmp_path / f"{NAME}.py"
    sys.modules.pop(NAME, None)


def loaded() -> ModuleType:
    return importlib.import_module(NAME)


def test_the_code_runs_at_the_first_use(write: Path) -> None:
    write.write_text("import sys\nsys.modules[__name__ + '_ran'] = sys\nvalue = 1\n")
    module = loaded()
    try:
        assert f"{NAME}_ran" not in sys.modules
        # Such things are asked of every module that is there.
        assert (module.__name__, module.__file__) == (NAME, str(write))
        assert not hasattr(module, "__path__")
        assert type(module) is Later
        assert module.value == 1
        assert f"{NAME}_ran" in sys.modules
        # From now on it is like any other, and there is one of it.
        assert type(module) is ModuleType
        assert loaded() is module
        assert not hasattr(module, "nothing")
    finally:
        sys.modules.pop(f"{NAME}_ran", None)


def test_what_is_in_it_can_be_asked(write: Path) -> None:
    write.write_text("value = 1\n")
    assert "value" in dir(loaded())


def test_a_name_taken_out_of_it_is_a_use(write: Path) -> None:
    write.write_text("value = 1\n")
    scope: dict[str, object] = {}
    exec(f"from {NAME} import value", scope)
    assert scope["value"] == 1


def test_a_fault_is_told_each_time(write: Path) -> None:
    write.write_text("value = 1 / 0\n")
    module = loaded()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _ = module.value
    write.write_text("value = 2\n# mended\n")
    assert module.value == 2


def test_a_circle_sees_what_is_there_so_far(write: Path) -> None:
    write.write_text(
        f"early = 1\nimport {NAME} as self\nseen = self.early\nlate = hasattr(self, 'no')\n"
    )
    assert (loaded().seen, loaded().late) == (1, False)


def test_several_threads_run_it_once_and_see_all_of_it(write: Path) -> None:
    write.write_text("import time\nruns = [1]\ntime.sleep(0.05)\nlast = len(runs)\n")
    module, seen = loaded(), []
    threads = [threading.Thread(target=lambda: seen.append(module.last)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 8


def test_nobody_sees_half_of_it(write: Path) -> None:
    write.write_text("import time\nhalf = True\ntime.sleep(0.05)\nhalf = False\n")
    module = loaded()
    thread = threading.Thread(target=lambda: module.half)
    thread.start()
    while "half" not in vars(module):
        thread.join(0.001)
    assert module.half is False
    thread.join()


@pytest.mark.parametrize("name", sorted(one for one in LATER if one.startswith("uphold.")))
def test_each_of_ours_is_there_and_runs(name: str) -> None:
    module = importlib.import_module(name)
    assert "__doc__" in vars(module)
    assert [one for one in dir(module) if not one.startswith("__")]
    assert type(module) is ModuleType


def test_a_serving_site_needs_none_of_them_to_begin() -> None:
    """Whoever imports a name out of one of them, or uses it where a function is defined, has it loaded at once."""
    told = (
        "import sys; import uphold.web.run; from uphold.later import LATER, Later;"
        "print([one for one in sorted(LATER) if type(sys.modules.get(one, Later(one))) is not Later])"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
