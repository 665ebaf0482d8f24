"""genstudio sample: new items from a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_output, add_run, add_seed, assignment, awaited, number, opened_run, whole
from genstudio.data.dataset import Kind
from genstudio.data.picture_preparation import PicturePreparation
from genstudio.errors import DataError
from genstudio.models.capabilities import Conditional
from genstudio.models.sequential import Continues
from genstudio.runs.export import check_format, write_samples
from genstudio.runs.picture_export import check_picture_format, write_pictures
from genstudio.runs.question import Answer
from genstudio.runs.run import Run
from genstudio.runs.sequence_export import write_sequences
from genstudio.settings import nearest, validate


class Sample(Command):
    """Writes samples: rows and sequences as CSV or NPZ, pictures as PNG, ZIP or NPZ."""

    info: ClassVar[CommandInfo] = CommandInfo("sample", "invent items like those that a run learned from", order=30)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """How many of what, and where to."""
        add_run(parser)
        count = parser.add_mutually_exclusive_group(required=True)
        count.add_argument("-n", type=whole(1, 10**8), metavar="N", help="how many; of a sequence, its rows")
        count.add_argument("--sequences", type=whole(1, 10**6), metavar="S", help="how many sequences")
        parser.add_argument("--length", type=whole(1, 10**8), metavar="L", help="rows of each of several sequences")
        parser.add_argument(
            "--temperature", type=number(0.0, 100.0), default=1.0, metavar="T",
            help="below 1 samples are more typical, above 1 more diverse (default: 1)",
        )
        parser.add_argument("--class", dest="word", metavar="WORD", help="of one class, where a model learned classes")
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="choices",
            help="how to draw, where a model lets that be chosen: steps=100 (may be given several times)",
        )
        add_seed(parser)
        add_output(parser, "rows: a .csv or .npz file; pictures: .png (one mosaic), .zip, .npz, or a folder")

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Draw, then write."""
        check_place(arguments.output)
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            (check_picture_format if _of_pictures(run) else check_format)(arguments.output)
            sampled = _sample_sequences if run.preparation.kind is Kind.SEQUENCES else _sample_items
            sampled(arguments, run, bar)
        bar.clear()
        return 0


def _sample_items(arguments: argparse.Namespace, run: Run, bar: Bar) -> None:
    """Rows or pictures.

    Raises:
        DataError: sequences are asked of what did not learn from any, or a class that there is not.
    """
    if arguments.n is None or arguments.length is not None:
        raise DataError(f"{run.name} did not learn from sequences.", "Say how many by `-n` alone.")
    condition = None if arguments.word is None else _code(run, arguments.word)
    asked = run.job.ask(
        "sample", n=arguments.n, seed=arguments.seed, temperature=arguments.temperature, condition=condition,
        choices=_choices(run, dict(arguments.choices)),
    )
    _write(arguments.output, run, awaited(asked, bar), bar)


def _sample_sequences(arguments: argparse.Namespace, run: Run, bar: Bar) -> None:
    """One sequence of n rows, or several of a length.

    Raises:
        DataError: the length is missing, or has nothing to say; or the model cannot do what is asked.
    """
    if not run.offers(Continues):
        raise DataError(f"{run.model.info.title} cannot invent sequences.", "Choose a run of a model that can.")
    if (arguments.length is None) == (arguments.n is None):
        raise DataError("The rows of each sequence are not clear.", "Give `-n`, or `--sequences` and `--length`.")
    if arguments.word is not None or arguments.choices:
        raise DataError(f"{run.model.info.title} draws in one way only.", "Leave `--class` and `--set` out.")
    lengths = np.array([arguments.n] if arguments.n else [arguments.length] * arguments.sequences)
    asked = run.job.ask("sequences", lengths=lengths, seed=arguments.seed, temperature=arguments.temperature)
    found = awaited(asked, bar)
    write_sequences(arguments.output, run.preparation, found["x"], lengths, found["state"])


def _write(path: Path, run: Run, found: Answer, bar: Bar) -> None:
    if _of_pictures(run):
        write_pictures(path, np.asarray(found["x"], np.float32), watch=bar.watch)
    else:
        write_samples(path, run.preparation, found["x"], np.asarray(found["component"]))


def _of_pictures(run: Run) -> bool:
    return isinstance(run.preparation, PicturePreparation)


def _choices(run: Run, wanted: dict[str, Any]) -> dict[str, Any]:
    """How to draw, checked.

    Raises:
        DataError: the model draws in one way only.
        SettingsError: it has no choice of such a name or value.
    """
    title = run.model.info.title
    if wanted and run.steering is None:
        raise DataError(f"{title} draws in one way only.", "Leave `--set` out.")
    if run.steering is not None:
        validate(run.steering, wanted, f"drawing from {title}")
    return wanted


def _code(run: Run, word: str) -> int:
    """The code of a class.

    Raises:
        DataError: the model did not learn classes, or none of that name.
    """
    learned: Any = run.recipe.model.settings.get("conditional", run.offers(Conditional))
    if not run.offers(Conditional) or not learned:
        raise DataError(f"{run.name} did not learn classes apart.", "Train with the setting `conditional`, on labels.")
    if run.data is None or run.data.labels is None:
        raise DataError(f"The classes of {run.name} are not at hand.", "Open its data again.")
    levels = list(run.data.labels.levels)
    if word not in levels:
        raise DataError(f"{run.name} knows no class `{word}` ({nearest(word, levels)}).")
    return levels.index(word)
