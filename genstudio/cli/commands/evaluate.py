"""genstudio evaluate: how good a run is, each figure with its standard error."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, ClassVar

from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_json, add_run, add_seed, awaited, opened_run, print_json, whole
from genstudio.data.files import open_raw
from genstudio.evaluation.items import from_raw
from genstudio.evaluation.metric import DRAWS, FEATURES
from genstudio.runs.figures import plain_figures


class Evaluate(Command):
    """Prints figures measured on held-out or other rows."""

    info: ClassVar[CommandInfo] = CommandInfo("evaluate", "measure how good a run is", order=50)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """What is measured, and on what."""
        add_run(parser)
        parser.add_argument(
            "data", type=Path, nargs="?", metavar="DATA", help="a file; the rows held out of training when left out"
        )
        parser.add_argument("--metrics", type=_keys, metavar="A,B", help="which; all that suit when left out")
        parser.add_argument(
            "--draws", type=whole(1, 10**6), metavar="K",
            help=f"draws behind the bound of each item, of models that know no more than one (default: {DRAWS} of a "
            "latent code, 1 of the noise within a byte)",
        )
        parser.add_argument(
            "--features", choices=FEATURES, default=FEATURES[0],
            help="by which made pictures are compared with real ones (default: %(default)s)",
        )
        parser.add_argument(
            "--neighbours", type=whole(1, 10**4), metavar="K",
            help="nearest neighbours behind precision, recall, density and coverage (default: 3 of the first two, 5 of "
            "the others, as published)",
        )
        parser.add_argument(
            "--items", type=whole(1, 10**9), metavar="N", help="at most so many items, evenly spaced; all when left out"
        )
        add_seed(parser)
        add_json(parser)

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Measure and print."""
        bar = Bar()
        with opened_run(arguments.run, arguments.name, bar) as run:
            items = None
            if arguments.data is not None:
                raw = open_raw(arguments.data, None, bar.watch)
                items = from_raw(raw, run.preparation, run.recipe.data.preparation)
            asked = run.job.ask(
                "evaluation", items=items, keys=arguments.metrics, seed=arguments.seed, draws=arguments.draws,
                most=arguments.items, features=arguments.features, neighbours=arguments.neighbours,
            )
            answer = awaited(asked, bar)
        bar.clear()
        figures = plain_figures(answer)
        if arguments.json:
            print_json({"metrics": figures})
        else:
            _print(figures)
        return 0


def _keys(text: str) -> list[str]:
    return [key.strip() for key in text.split(",") if key.strip()]


def _print(figures: dict[str, dict[str, Any]]) -> None:
    width = max(map(len, figures), default=0)
    for key, figure in figures.items():
        error = "" if figure["stderr"] is None else f" ± {figure['stderr']:.2g}"
        print(f"{key:<{width}}  {figure['value']:.6g}{error} {figure['unit']}".rstrip() + f"  (n = {figure['n']:,})")
        if figure.get("note"):
            print(f"{'':<{width}}  {figure['note']}")
