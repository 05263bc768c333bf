# SPDX-License-Identifier: Apache-2.0
"""What is wrong in a site folder: where, what, and the way out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One error in one file. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    code: str
    message: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message} {self.advice}".rstrip()
