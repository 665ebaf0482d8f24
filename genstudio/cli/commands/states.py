"""genstudio states: the hidden state behind each row of sequences."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, assignment, awaited, opened_run
from genstudio.data.files import open_raw
from genstudio.data.pictures import Raw
from genstudio.errors import DataError
from genstudio.runs.export import check_format
from genstudio.runs.labelled import ordered_rows, sequence_preparation, write_labelling
from genstudio.runs.run import Run


class States(Command):
    """Writes the most likely path of states, and the posterior of each state at each row."""

    info: ClassVar[CommandInfo] = CommandInfo("states", "find the hidden states behind sequences", order=45)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Which sequences, and where to."""
        add_run(parser)
        parser.add_argument(
            "data", type=Path, nargs="?", metavar="DATA",
            help="a file of sequences with the columns learned from; those that the run learned from when left out",
        )
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="settings",
            help="how DATA is read, as in separator=;",
        )
        add_output(parser, "a .csv file, one line a row, or .npz")

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Read, find the states, write."""
        check_place(arguments.output)
        check_format(arguments.output)
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            preparation = sequence_preparation(run.preparation, run.name)
            raw = _raw(arguments.data, dict(arguments.settings), run, bar)
            x, lengths, _ = preparation.series(raw)
            found = awaited(run.job.ask("labelling", x=x, lengths=lengths), bar)
            write_labelling(arguments.output, ordered_rows(preparation, raw), found, run.marks)
        bar.clear()
        return 0


def _raw(path: Path | None, settings: dict[str, object], run: Run, bar: Bar) -> Raw:
    """The data of a file, or those of the run.

    Raises:
        DataError: they are not at hand.
    """
    if path is not None:
        return open_raw(path, settings, bar.watch)
    if run.raw is None:
        raise DataError(f"The data of {run.name} are not at hand.", "Name a file with sequences.")
    return run.raw
