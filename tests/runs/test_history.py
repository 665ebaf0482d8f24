from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest

from genstudio.runs.history import History, take_all
from genstudio.training.events import Changed, Note, Preview, Progress


def told() -> History:
    history = History()
    take_all(history, [
        Progress(0, 10, {}), Progress(1, 10, {"train": -2.0}), Changed(1, "rate", 0.5), Preview("view", 1, {}),
        Progress(2, 10, {"train": -1.5, "valid": -1.7}), Note("info", "Hello.", "Wave."),
        Progress(3, 10, {"train": -1.0}),
    ])
    return history


def test_figures_by_step() -> None:
    history = told()
    steps, values = history.series("train", since=1)
    assert (steps.tolist(), values.tolist()) == ([2.0, 3.0], [-1.5, -1.0])
    assert history.metrics == ("train", "valid")
    assert (history.last("valid"), history.last("nothing")) == (-1.7, None)
    assert history.series("nothing")[0].size == 0


def test_what_is_kept_comes_back() -> None:
    arrays, plain = told().state()
    again = History.from_state(arrays, json.loads(json.dumps(plain)))
    assert again == told()
    again.take(Progress(4, 10, {"new": 1.0}))
    assert again.last("new") == 1.0


def test_the_past_is_a_copy_up_to_a_step() -> None:
    history = told()
    past = history.until(2)
    history.take(Progress(4, 10, {"train": 0.0}))
    assert past.step == 2
    assert past.series("train")[0].tolist() == [1.0, 2.0]
    assert history.until(0).changes == []
    assert np.array_equal(history.until(99).series("train")[1], history.series("train")[1])


def test_steps_and_values_belong_together() -> None:
    arrays, plain = told().state()
    with pytest.raises(ValueError, match="differ in number"):
        History.from_state({**arrays, "values.0": np.zeros((3, 2))}, plain)


def test_levels_and_badges_of_notes_are_kept() -> None:
    history = History()
    notes = [Note("info", "a"), Note("warning", "b", "c", "not converged"), Note("alarm", "d", badge="collapsed")]
    take_all(history, notes)
    arrays, plain = history.state()
    assert History.from_state(arrays, json.loads(json.dumps(plain))).notes == notes


def test_what_notes_offer_is_kept_and_older_files_offer_nothing() -> None:
    history = History()
    history.take(Note("alarm", "a", "b", "collapsed", {"minibatch_discrimination": True, "pack": 2}))
    arrays, plain = history.state()
    plain = json.loads(json.dumps(plain))
    assert History.from_state(arrays, plain).notes == history.notes
    del plain["notes"][0]["offer"]
    assert History.from_state(arrays, plain).notes == [Note("alarm", "a", "b", "collapsed")]


def test_passes_are_known_and_older_files_do_not_tell_them() -> None:
    history = History()
    history.take(Progress(3, None, {}, epoch=1.5))
    arrays, plain = history.state()
    assert History.from_state(arrays, plain).epoch == history.until(3).epoch == 1.5
    del plain["epoch"]
    assert History.from_state(arrays, plain).epoch is None


def test_what_was_read_does_not_keep_a_series_from_growing() -> None:
    history = told()
    steps, values = history.series("train")
    history.take(Progress(4, 10, {"train": 7.0}))
    assert steps.size == values.size == 3
    assert history.series("train", since=3)[1].tolist() == [7.0]


def test_half_a_million_steps_find_room() -> None:
    history, event = History(), Progress(1, None, {f"figure {i}": 0.5 for i in range(8)})
    tracemalloc.start()
    for _ in range(20_000):
        history.take(event)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held * 25 < 100e6  # bytes, for 500,000 steps


def test_the_newest_figures_up_to_a_step() -> None:
    history = History()
    take_all(history, [Progress(step, None, {"loss": float(step)}) for step in (1, 2, 5, 8)])
    assert history.recent("loss", 2).tolist() == [5.0, 8.0]
    assert history.recent("loss", 2, until=6).tolist() == [2.0, 5.0]
    assert history.recent("loss", 9, until=0).tolist() == history.recent("nothing", 3).tolist() == []
