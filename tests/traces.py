# SPDX-License-Identifier: Apache-2.0
"""Look for texts in files as an intruder would: what `uphold.assurance.plaintext` does, told with the values.

Tests may say which value leaked, because their people do not exist.
"""

from collections.abc import Iterable
from pathlib import Path

from uphold.assurance.plaintext import Needles, files, forms

__all__ = ["files", "find", "forms"]


def find(texts: Iterable[str], paths: Iterable[Path]) -> list[str]:
    """Say in which files which texts are, in whatever form."""
    known = list(texts)
    needles = Needles(known)
    return [
        f"{known[trace.text]!r} in {path.name} as {trace.form}"
        for path in paths
        for trace in sorted(needles.in_file(path), key=lambda trace: (trace.text, trace.form))
    ]
