"""genstudio sample: new rows from a run."""

from __future__ import annotations

import argparse
from typing import ClassVar

import numpy as np

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, add_seed, awaited, opened_run, whole
from genstudio.runs.export import check_format, write_samples


class Sample(Command):
    """Writes samples as CSV or NPZ."""

    info: ClassVar[CommandInfo] = CommandInfo("sample", "invent rows like those that a run learned from", order=30)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """How many, and where to."""
        add_run(parser)
        parser.add_argument("-n", type=whole(1, 10**8), required=True, metavar="N", help="how many rows")
        add_seed(parser)
        add_output(parser, "a .csv or .npz file")

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Draw, then write."""
        check_format(arguments.output)
        check_place(arguments.output)
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            found = awaited(run.job.ask("sample", n=arguments.n, seed=arguments.seed), bar)
            write_samples(arguments.output, run.preparation, found["x"], np.asarray(found["component"]))
        bar.clear()
        return 0
