"""genstudio score: how likely and how strange each row of a file is."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.anomaly import ScoreDistribution
from genstudio.applications.windows import USUAL_WINDOW, gap_rows, window_scores
from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, assignment, awaited, number, opened_run, whole
from genstudio.data.files import open_raw
from genstudio.data.pictures import Raw
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.errors import DataError
from genstudio.runs.export import write_csv
from genstudio.runs.run import Run

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
            "--window", type=whole(1, 10**6), metavar="ROWS", default=USUAL_WINDOW,
            help="of sequences, the anomaly score of a row is minus the mean of log_prob over so many rows round it "
            "(default: %(default)s)",
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
            if isinstance(run.preparation, SequencePreparation):
                found, rows = _over_time(run, run.preparation, raw, arguments.window, bar)
            else:
                found, rows = _by_rows(run, raw, bar)
        write_csv(arguments.output, _columns(found, rows, len(raw), arguments.flag))
        bar.clear()
        if len(rows) < len(raw):
            bar.note(f"Note: {len(raw) - len(rows):,} of {len(raw):,} rows lack a value and have no score.")
        return 0


def _by_rows(run: Run, raw: Raw, bar: Bar) -> tuple[Mapping[str, Floats], Ints]:
    """The scores of those rows that lack no value, and which they are.

    Raises:
        DataError: there is none.
    """
    x, rows = run.preparation.rows(raw)
    if not len(rows):
        raise DataError(
            f"No row of {raw.name} can be scored: each lacks a value.", "Fill the gaps, or choose other data."
        )
    return awaited(run.job.ask("scores", x=x), bar), rows


def _over_time(
    run: Run, preparation: SequencePreparation, raw: Raw, window: int, bar: Bar
) -> tuple[Mapping[str, Floats], Ints]:
    """The log-density of each row given those before it, and minus its mean over windows; gaps have none."""
    x, lengths, rows = preparation.series(raw)
    known = awaited(run.job.ask("step_log_prob", x=x, lengths=lengths), bar)["step_log_prob"]
    gaps = gap_rows(x, known)
    scores = window_scores(known, lengths, window, gaps)
    seen = np.flatnonzero(~gaps)
    return {"log_prob": known[seen], "anomaly_score": scores[seen]}, rows[seen]


def _columns(found: Mapping[str, Floats], rows: Ints, n: int, share: float | None) -> dict[str, Any]:
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
