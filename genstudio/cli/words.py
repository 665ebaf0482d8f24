"""What several commands read from the words typed, and how they answer."""

from __future__ import annotations

import argparse
import json
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genstudio.cli.progress import Bar
from genstudio.errors import RecipeError
from genstudio.runs.archive import open_session
from genstudio.runs.asked import Asked
from genstudio.runs.question import Answer
from genstudio.runs.run import Run
from genstudio.settings import nearest

_LOOK_SECONDS = 0.1


def add_run(parser: argparse.ArgumentParser) -> None:
    """The file with the run, and which of its runs is meant."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a .genstudio file")
    parser.add_argument("--run", dest="name", metavar="NAME", help="which run of the file; the one shown last")


def add_output(parser: argparse.ArgumentParser, help: str) -> None:
    """The file to be written."""
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help=help)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Whether programs read the answer."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """The seed of whatever is drawn at random."""
    parser.add_argument("--seed", type=whole(0, 2**32 - 1), default=0, metavar="S", help="same seed, same numbers")


def whole(least: int, most: int) -> Any:
    """A parser of whole numbers within bounds."""
    return _within(int, "whole number", least, most)


def number(least: float, most: float) -> Any:
    """A parser of numbers within bounds."""
    return _within(float, "number", least, most)


def assignment(text: str) -> tuple[str, Any]:
    """A name and a value from NAME=VALUE; the value as TOML has it, bare words as they are."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    try:
        values = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        values = {}
    return name.strip(), values["value"] if set(values) == {"value"} else value.strip()


@contextmanager
def opened_run(path: Path, name: str | None, bar: Bar) -> Iterator[Run]:
    """One run of a file; what is wrong with the file is noted.

    Raises:
        ArchiveError: nothing of the file can be read.
        RecipeError: it has no run of that name.
    """
    opened = open_session(path, bar.watch)
    try:
        for problem in opened.problems:
            bar.note(f"Note: {problem}")
        yield opened.runs[opened.current] if name is None else _named(opened.runs, name, path)
    finally:
        for run in opened.runs:
            run.job.close()


def awaited(asked: Asked, bar: Bar) -> Answer:
    """The answer to a question, with its progress on the bar; Ctrl+C gives the question up.

    Raises:
        GenStudioError: there is no answer.
    """
    try:
        while not wait([asked], _LOOK_SECONDS).done:
            bar.watch(*asked.progress)
    except KeyboardInterrupt:
        asked.give_up()
        raise
    return asked.result()


def print_json(values: Mapping[str, Any]) -> None:
    """One line of JSON; what is not finite is null."""
    print(json.dumps(_finite(values), ensure_ascii=False, allow_nan=False))


def _within(read: Callable[[str], float], name: str, least: float, most: float) -> Any:
    def parse(text: str) -> float:
        value = read(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not within {least:g} and {most:g}")
        return value

    # What argparse calls the type where a text is none of it.
    parse.__name__ = name
    return parse


def _named(runs: Sequence[Run], name: str, path: Path) -> Run:
    known = {run.name: run for run in runs}
    if name not in known:
        raise RecipeError(f"{path.name} has no run called `{name}` ({nearest(name, known)}).")
    return known[name]


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
