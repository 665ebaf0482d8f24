"""genstudio impute: what is missing in a file, drawn given all that is there."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

import numpy as np

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, add_seed, assignment, awaited, opened_run, whole
from genstudio.data.files import open_table
from genstudio.data.sequence_preparation import SequencePreparation
from genstudio.data.table import Table
from genstudio.errors import DataError
from genstudio.models.sequential import Continues
from genstudio.runs.export import check_format
from genstudio.runs.run import Run
from genstudio.runs.sequence_export import Filled, write_filled


class Impute(Command):
    """Writes the file again with its gaps filled, once for each draw."""

    info: ClassVar[CommandInfo] = CommandInfo("impute", "fill what is missing in the sequences of a file", order=45)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Which rows, how many draws, and where to."""
        add_run(parser)
        parser.add_argument("data", type=Path, metavar="DATA", help="a file with the columns that were learned from")
        parser.add_argument(
            "--draws", type=whole(1, 10**4), default=1, metavar="N",
            help="so many fillings, one below the other; they differ as much as the model is unsure (default: 1)",
        )
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="settings",
            help="how DATA is read, as in separator=;",
        )
        add_seed(parser)
        add_output(parser, "a .csv file, with DATA's columns and with several draws `draw`; or .npz")

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Read, fill, write."""
        check_place(arguments.output)
        check_format(arguments.output)
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            preparation = _preparation(run)
            table = open_table(arguments.data, dict(arguments.settings), bar.watch)
            filled = _fill(run, preparation, table, arguments, bar)
        bar.clear()
        bar.note(f"{filled:,} missing values were filled." if filled else "Note: nothing is missing.")
        return 0


def _fill(run: Run, preparation: SequencePreparation, table: Table, arguments: argparse.Namespace, bar: Bar) -> int:
    """Fill and write; how many values."""
    x, lengths, rows = preparation.series(table)
    asked = run.job.ask("imputed", x=x, lengths=lengths, draws=arguments.draws, seed=arguments.seed)
    found = awaited(asked, bar)
    write_filled(arguments.output, table, preparation, Filled(found["x"], found["filled"], rows))
    return int(np.sum(found["filled"]))


def _preparation(run: Run) -> SequencePreparation:
    """How a run takes sequences.

    Raises:
        DataError: it cannot fill gaps of them.
    """
    if isinstance(run.preparation, SequencePreparation) and run.offers(Continues):
        return run.preparation
    raise DataError(
        f"{run.model.info.title} cannot fill gaps.", "Choose a run of a hidden Markov model that learned sequences."
    )
