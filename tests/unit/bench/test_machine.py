# SPDX-License-Identifier: Apache-2.0
"""The machine is described by its kind, not by its name."""

from bench import machine


def test_processor_and_memory() -> None:
    assert (
        machine.processor("processor : 0\nmodel name\t: Some CPU @ 2 GHz\n") == "Some CPU @ 2 GHz"
    )
    assert machine.processor("") != ""
    assert machine.memory_gib("MemTotal:       24669472 kB\n") == 24
    assert machine.memory_gib("") == 0
