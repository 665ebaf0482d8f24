"""genstudio fit: carry out a recipe, or go on with a run."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from genstudio.atomic import check_place
from genstudio.cli.command import Command, CommandInfo
from genstudio.cli.keeping import Keeper
from genstudio.cli.progress import Bar
from genstudio.cli.words import add_json, add_output, assignment, opened_run, print_json
from genstudio.data.preparation import prepare
from genstudio.errors import RecipeError, TrainingError
from genstudio.models.capabilities import Density
from genstudio.models.sequential import Sequential
from genstudio.runs.archive import SUFFIX, wait_for
from genstudio.runs.going_on import ask_to_go_on, go_on
from genstudio.runs.job import Status
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import Recipe, override, read_recipe
from genstudio.runs.run import Run, new_run
from genstudio.training.events import Note

_SWITCH_SECONDS = 0.0005
_LOOK_SECONDS = 0.02


class Fit(Command):
    """Trains as the recipe says, or goes on where a run was left, and saves the run."""

    info: ClassVar[CommandInfo] = CommandInfo("fit", "carry out a recipe, or go on with a run, and save it", order=20)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Which recipe, with what changed, and where to."""
        parser.add_argument(
            "recipe", type=Path, metavar="RECIPE|RUN",
            help="a .toml file; or a .genstudio file whose training was stopped and is to go on",
        )
        parser.add_argument("--run", dest="name", metavar="NAME", help="which run of a file; the one shown last")
        parser.add_argument(
            "--set", type=assignment, action="append", default=[], metavar="NAME=VALUE", dest="settings",
            help="change the recipe, as in model.n_components=5; of a run that goes on: its limits, as in "
            "training.steps=5000, and settings that are live",
        )
        add_output(parser, "the .genstudio file to write, once a minute while training and at the end")
        add_json(parser)

    def carry_out(self, arguments: argparse.Namespace) -> int:
        """Load, train, save."""
        check_place(arguments.output)
        bar = Bar()
        try:
            with _begun(arguments, bar) as run:
                keeper = Keeper(run, arguments.output, bar)
                whole = _train(run, bar, keeper)
                figures = _figures(run) if run.status is not Status.FAILED else {}
                keeper.finish()
        finally:
            bar.clear()
        kept = f"what was learned is in {arguments.output}."
        if run.status is Status.FAILED:
            raise TrainingError(f"{run.message} After {_steps(run)} {kept}")
        if not whole:
            raise TrainingError(f"Stopped after {_steps(run)}; {kept}")
        _report(run, figures, arguments)
        return 0


@contextmanager
def _begun(arguments: argparse.Namespace, bar: Bar) -> Iterator[Run]:
    """The run that a recipe makes, or that a file holds; it trains, and is closed in the end."""
    path = arguments.recipe
    if path.suffix.lower() == SUFFIX or zipfile.is_zipfile(path):
        with opened_run(path, arguments.name, bar) as run:
            _go_on(run, arguments.settings)
            yield run
        return
    run = _new_run(_changed(read_recipe(path), arguments.settings), bar)
    try:
        run.job.start()
        yield run
    finally:
        run.job.close()


def _go_on(run: Run, settings: list[tuple[str, Any]]) -> None:
    """Let a run go on, with other limits and live settings if so told."""
    recipe, live = run.recipe, dict[str, Any]()
    for name, value in settings:
        section, _, key = name.partition(".")
        if section == "training":
            recipe = override(recipe, name, value)
        elif section == "model":
            live[key] = value
        else:
            raise RecipeError(f"`{name}` cannot change in a training that goes on.", "Train anew with a recipe.")
    asked = ask_to_go_on(run)
    wait_for(asked)
    go_on(run, asked, recipe, live=live)


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


def _train(run: Run, bar: Bar, keeper: Keeper) -> bool:
    """Train to the end; whether nobody stopped it before.

    Raises:
        TrainingError: the run failed or was stopped before it learned anything.
    """
    whole = True
    with _termination_as_interrupt(), _turns_taken_often():
        try:
            _follow(run, bar, keeper)
        except KeyboardInterrupt:
            whole = False
            run.job.stop()
            _follow(run, bar, keeper)
    if run.status is Status.FAILED and not run.history.step:
        raise TrainingError(run.message)
    if not whole and not run.history.step:
        raise TrainingError("Stopped before anything was learned.")
    return whole


def _follow(run: Run, bar: Bar, keeper: Keeper) -> None:
    while True:
        ended = run.job.status.ended
        for told in run.pull():
            if isinstance(told, Note):
                bar.note(f"{told.level.capitalize()}: {told.text} {told.remedy}".rstrip())
        if ended:
            return
        _show(run, bar)
        keeper.look()
        time.sleep(_LOOK_SECONDS)


def _show(run: Run, bar: Bar) -> None:
    latest = ((name, run.history.last(name)) for name in run.history.metrics)
    figures = ", ".join(f"{name} {value:.4g}" for name, value in latest if value is not None)
    bar.show("Training", _share(run), f"step {run.history.step:,}  {figures}")


def _share(run: Run) -> float | None:
    """How much of the tightest limit is used up; None where there is none."""
    limits = run.recipe.training
    totals = (limits.steps, run.history.total)
    used = [run.history.step / total for total in totals if total]
    return max([*used, *([run.seconds / limits.seconds] if limits.seconds else [])], default=None)


@contextmanager
def _turns_taken_often() -> Iterator[None]:
    """Whoever follows and saves a training gets the interpreter soon, however busy the thread that learns."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(former)


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


def _figures(run: Run) -> dict[str, dict[str, float]]:
    """Mean log-likelihoods of each part of the data, or what training told of their lower bound."""
    if run.offers(Density) or run.offers(Sequential):
        answer = run.job.ask("likelihoods").result()
        return {part: {"log_likelihood": float(value)} for part, value in answer.items()}
    if run.climbs != "bound":
        return {}
    told = {part: run.history.series(part)[1] for part in ("train", "valid")}
    kept = {part: values[-1] for part, values in told.items() if values.size}
    if run.recipe.model.settings.get("keep_best") and told["valid"].size:
        kept["valid"] = np.nanmax(told["valid"])
    return {part: {"elbo": float(value)} for part, value in kept.items()}


def _report(run: Run, figures: dict[str, dict[str, float]], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json({
            "run": str(arguments.output), "model": run.recipe.model.name, "steps": run.history.step,
            "seconds": run.seconds, "items_per_second": run.job.items / max(run.seconds, 1e-9),
            "train": figures.get("train", {}), "valid": figures.get("valid", {}),
        })
        return
    shown = ", ".join(f"{part} {value:.6g}" for part, values in figures.items() for value in values.values())
    what = "nats per item, at least" if run.climbs == "bound" else "nats per row"
    print(f"{arguments.output}: {run.model.info.title}, {_steps(run)} in {run.seconds:.2g} s; {what}: {shown}")


def _steps(run: Run) -> str:
    return f"{run.history.step:,} step" + "s" * (run.history.step != 1)
