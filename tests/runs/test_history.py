from __future__ import annotations

import json

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
