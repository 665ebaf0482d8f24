"""genstudio fit: carry out a recipe."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_json, add_output, assignment, print_json
from genstudio.data.preparation import prepare
from genstudio.errors import TrainingError
from genstudio.models.contract import Density
from genstudio.runs.archive import save_run
from genstudio.runs.job import Status
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import Recipe, override, read_recipe
from genstudio.runs.run import Run, new_run
from genstudio.training.events import Note

_LOOK_SECONDS = 0.02


class Fit(Command):
    """Trains as the recipe says and saves the run."""

    info: ClassVar[CommandInfo] = CommandInfo("fit", "carry out a recipe and save the run", order=20)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Which recipe, with what changed, and where to."""
        parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a .toml file")
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="settings",
            help="change the recipe, as in model.n_components=5",
        )
        add_output(parser, "the .genstudio file to write")
        add_json(parser)

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Load, train, save."""
        check_place(arguments.output)
        recipe = _changed(read_recipe(arguments.recipe), arguments.settings)
        bar = Bar()
        run = _new_run(recipe, bar)
        try:
            whole = _train(run, bar)
            figures = _likelihoods(run)
            save_run(arguments.output, run, bar.watch)
        finally:
            bar.clear()
            run.job.close()
        if not whole:
            raise TrainingError(f"Stopped after {_steps(run)}; what was learned is in {arguments.output}.")
        _report(run, figures, arguments)
        return 0


def _changed(recipe: Recipe, settings: list[tuple[str, Any]]) -> Recipe:
    for name, value in settings:
        # A file typed here lies where it is typed, not beside the recipe.
        here = str(Path(str(value)).expanduser().resolve()) if name == "data.path" else value
        recipe = override(recipe, name, here)
    return recipe


def _new_run(recipe: Recipe, bar: Bar) -> Run:
    raw = load_raw(recipe, bar.watch)
    data = prepare(raw, recipe.data.preparation, recipe.data_seed)
    for note in raw.notes:
        bar.note(f"Note: {note}")
    return new_run(recipe, data, raw=raw)


def _train(run: Run, bar: Bar) -> bool:
    """Train to the end; whether nobody stopped it before.

    Raises:
        TrainingError: the run failed, or was stopped before it learned anything.
    """
    whole = True
    with _termination_as_interrupt():
        run.job.start()
        try:
            _follow(run, bar)
        except KeyboardInterrupt:
            whole = False
            run.job.stop()
            _follow(run, bar)
    if run.status is Status.FAILED:
        raise TrainingError(run.message)
    if not whole and not run.history.step:
        raise TrainingError("Stopped before anything was learned.")
    return whole


def _follow(run: Run, bar: Bar) -> None:
    while True:
        ended = run.job.status.ended
        for told in run.pull():
            if isinstance(told, Note):
                bar.note(f"{told.level.capitalize()}: {told.text} {told.remedy}".rstrip())
        if ended:
            return
        _show(run, bar)
        time.sleep(_LOOK_SECONDS)


def _show(run: Run, bar: Bar) -> None:
    total = run.recipe.training.steps or run.history.total
    latest = ((name, run.history.last(name)) for name in run.history.metrics)
    figures = ", ".join(f"{name} {value:.4g}" for name, value in latest if value is not None)
    bar.show("Training", run.history.step / total if total else None, f"step {run.history.step:,}  {figures}")


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Being told to end is like Ctrl+C: what was learned is kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _likelihoods(run: Run) -> dict[str, dict[str, float]]:
    if not issubclass(run.model, Density):
        return {}
    answer = run.job.ask("likelihoods").result()
    return {part: {"log_likelihood": float(value)} for part, value in answer.items()}


def _report(run: Run, figures: dict[str, dict[str, float]], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({
            "run": str(arguments.output), "model": run.recipe.model.name, "steps": run.history.step,
            "seconds": run.seconds, "items_per_second": run.job.items / max(run.seconds, 1e-9),
            "train": figures.get("train", {}), "valid": figures.get("valid", {}),
        })
        return
    shown = ", ".join(f"{part} {values['log_likelihood']:.6g}" for part, values in figures.items())
    print(f"{arguments.output}: {run.model.info.title}, {_steps(run)} in {run.seconds:.2g} s; nats per row: {shown}")


def _steps(run: Run) -> str:
    return f"{run.history.step:,} step" + "s" * (run.history.step != 1)
