"""Samples that were put aside: kept with their run, in its file, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import prepare
from genstudio.runs.archive import open_session, save_run, save_session
from genstudio.runs.favourites import Favourites, Item, Wish, from_plain, to_plain
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import recipe_from_values
from genstudio.runs.run import Run, new_run
from genstudio.runs.snapshot import Snapshot, ask_state, snapshot
from tests.runs.learners import PATIENCE_S, until

WISHES = (
    Wish(5, 3),
    Wish(2, 9, 0.5, 1, (("steps", 4), ("solver", "euler"), ("guidance", 1.5), ("exact", None), ("at", (1, 2)))),
)


@pytest.fixture
def run() -> Iterator[Run]:
    """A mixture that has learned, of which samples of two drawings were put aside."""
    recipe = recipe_from_values({
        "data": {"source": "two_moons", "samples": 200}, "model": {"name": "gmm", "n_components": 3, "max_iter": 5},
    })
    raw = load_raw(recipe)
    made = new_run(recipe, prepare(raw, recipe.data.preparation, recipe.data_seed), raw=raw)
    made.job.start()
    until(lambda: made.job.status.ended)
    made.pull()
    x = made.job.ask("sample", n=2, seed=3).result(PATIENCE_S)["x"]
    for index, wish in enumerate(WISHES):
        made.favourites.toggle(Item(x[index], 2 - index, wish, 5, index))
    yield made
    assert made.job.close()


def taken(run: Run) -> Snapshot:
    asked = ask_state(run)
    asked.result(PATIENCE_S)
    return snapshot(run, asked)


def told(favourites: Favourites) -> list[tuple[Any, ...]]:
    return [(item.x.tolist(), item.component, item.wish, item.step, item.index) for item in favourites.items]


def test_they_come_back_in_their_order_and_can_be_told_from_others(run: Run, tmp_path: Path) -> None:
    save_run(tmp_path / "run.genstudio", run)
    opened = open_session(tmp_path / "run.genstudio")
    back = opened.runs[0]
    assert back.job.close()
    assert opened.problems == []
    assert told(back.favourites) == told(run.favourites)
    assert len(back.favourites) == 2
    # Each is known as the same again, and is given back.
    assert all(item in back.favourites for item in run.favourites.items)
    assert back.favourites.places(WISHES[1]) == [1]
    assert not back.favourites.toggle(run.favourites.items[0])
    assert len(back.favourites) == 1


def test_what_is_put_aside_later_is_not_in_what_was_taken_before(run: Run) -> None:
    before = taken(run)
    run.favourites.toggle(run.favourites.items[0])
    assert before.favourites["x"].shape == (2, 2)
    assert len(before.run["favourites"]) == 2


def test_older_files_hold_none(run: Run, tmp_path: Path) -> None:
    found = taken(run)
    older = dataclasses.replace(
        found, run={name: value for name, value in found.run.items() if name != "favourites"}, favourites={}
    )
    save_session(tmp_path / "older.genstudio", [older])
    opened = open_session(tmp_path / "older.genstudio")
    assert opened.problems == []
    assert opened.runs[0].job.close()
    assert len(opened.runs[0].favourites) == 0


@pytest.mark.parametrize(("name", "value"), [
    ("seed", "3"), ("index", 1.5), ("step", None), ("condition", True), ("choices", [1]), ("choices", {"steps": {}}),
    ("temperature", None),
])
def test_what_is_damaged_is_said_and_leaves_the_run_alone(run: Run, tmp_path: Path, name: str, value: object) -> None:
    found = taken(run)
    described = [{**known, name: value} for known in found.run["favourites"]]
    save_session(tmp_path / "run.genstudio", [dataclasses.replace(found, run={**found.run, "favourites": described})])
    opened = open_session(tmp_path / "run.genstudio")
    assert [problem for problem in opened.problems if "favourites cannot be read" in problem]
    assert opened.runs[0].job.close()
    assert len(opened.runs[0].favourites) == 0


@pytest.mark.parametrize("shape", [(3,), (2, 1)])
def test_items_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    arrays, described = to_plain([Item(np.zeros(shape), -1, WISHES[0], 0, 0)])
    with pytest.raises(ValueError, match="shape"):
        from_plain(arrays, described, (2,))
    with pytest.raises(ValueError, match="shape"):
        from_plain(arrays, [*described, *described], shape)
