"""What a benchmark is given to report its figures with."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

DATA_VARIABLE = "GENSTUDIO_DATA"


class Skipped(Exception):  # noqa: N818 - a benchmark that cannot run here is no error
    """What a benchmark needs is not here."""


class Report:
    """Prints figures as JSON lines.

    Arguments:
        benchmark: name that every line carries.
        short: the benchmark should do just enough to show that it runs.
    """

    def __init__(self, benchmark: str, *, short: bool = False, stream: TextIO | None = None) -> None:
        self.benchmark = benchmark
        self.short = short
        self.stream = stream or sys.stdout

    def __call__(
        self, name: str, value: float, unit: str, *, reference: float | None = None, ratio: float | None = None
    ) -> None:
        """Report one figure.

        Arguments:
            reference: the same measured for what we compare with, in the same unit.
            ratio: how many times better than the reference, above 1 where ours is better.

        Raises:
            ValueError: a figure that is not finite, which JSON cannot hold.
        """
        figure = {"name": name, "value": value, "unit": unit, "reference": reference, "ratio": ratio}
        self._print({key: part for key, part in figure.items() if part is not None})

    def skip(self, reason: str) -> None:
        """Say that the benchmark cannot run here."""
        self._print({"skipped": reason})

    def data(self, file_name: str) -> Path:
        """A file of the data folder that the environment names.

        Raises:
            Skipped: there is no such folder or file.
        """
        folder = os.environ.get(DATA_VARIABLE)
        if not folder:
            raise Skipped(f"{file_name} is looked for in the folder {DATA_VARIABLE}, which is not set")
        path = Path(folder) / file_name
        if not path.is_file():
            raise Skipped(f"{path} is not there")
        return path

    def _print(self, parts: dict[str, Any]) -> None:
        line = json.dumps({"benchmark": self.benchmark, "short": self.short, **parts}, allow_nan=False, default=float)
        print(line, file=self.stream, flush=True)
