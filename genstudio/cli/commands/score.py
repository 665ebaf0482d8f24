"""genstudio score: how likely and how strange each row of a file is."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.anomaly import ScoreDistribution
from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, assignment, awaited, number, opened_run
from genstudio.data.files import open_raw
from genstudio.errors import DataError
from genstudio.runs.export import write_csv

Floats = NDArray[np.float64]


class Score(Command):
    """Writes a log-density, or a bound of it, and an anomaly score for each row or picture."""

    info: ClassVar[CommandInfo] = CommandInfo("score", "say how likely and how strange items of a file are", order=40)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Which rows, and where to."""
        add_run(parser)
        parser.add_argument(
            "data", type=Path, metavar="DATA", help="a file with the columns, or pictures of the size, learned from"
        )
        parser.add_argument(
            "--flag", type=number(0.0, 1.0), metavar="SHARE", help="mark the strangest share of rows, 0 to 1"
        )
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="settings",
            help="how DATA is read, as in separator=;",
        )
        add_output(parser, "a .csv file, one line a row of DATA")

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Read, score, write."""
        check_place(arguments.output)
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            raw = open_raw(arguments.data, dict(arguments.settings), bar.watch)
            x, rows = run.preparation.rows(raw)
            if not len(rows):
                raise DataError(
                    f"No row of {raw.name} can be scored: each lacks a value.", "Fill the gaps, or choose other data."
                )
            found = awaited(run.job.ask("scores", x=x), bar)
        write_csv(arguments.output, _columns(found, rows, len(raw), arguments.flag))
        bar.clear()
        if len(rows) < len(raw):
            bar.note(f"Note: {len(raw) - len(rows):,} of {len(raw):,} rows lack a value and have no score.")
        return 0


def _columns(found: Mapping[str, Floats], rows: NDArray[np.int64], n: int, share: float | None) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, values in found.items():
        columns[name] = np.full(n, np.nan)
        columns[name][rows] = values
    if share is not None:
        threshold = ScoreDistribution.of(found["anomaly_score"]).by_percent(100.0 * share)
        cells = np.full(n, "", dtype="<U1")
        cells[rows] = np.where(threshold.flags(found["anomaly_score"]), "1", "0")
        columns["flagged"] = cells.tolist()
    return columns
