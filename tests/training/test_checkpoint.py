from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from genstudio.errors import TrainingError
from genstudio.training.budget import Budget
from genstudio.training.checkpoint import require_fit
from genstudio.training.events import Event, Progress
from tests.training.lines import LineLearner, descent, progress, run


class TestGoingOn:
    @pytest.mark.parametrize("stop", [1, 49, 50, 99, 100, 130, 173])
    @pytest.mark.parametrize("average", [0.0, 0.95])
    def test_it_equals_the_uninterrupted_training_bit_for_bit(self, stop: int, average: float) -> None:
        settings: dict[str, Any] = {"schedule": "cosine", "warmup": 10, "clip_norm": 0.5, "average": average}
        whole = LineLearner(noise=0.3)
        training = descent(whole, Budget(steps=180, batch_size=16), **settings)
        told = list(training.run())
        first = descent(LineLearner(noise=0.3), Budget(steps=180, batch_size=16), **settings)
        events = first.run()
        before: list[Event] = []
        for event in events:
            before.append(event)
            if isinstance(event, Progress) and event.step == stop:
                break
        events.close()
        later = LineLearner(noise=0.3)
        second = descent(later, Budget(steps=180, batch_size=16), **settings)
        second.load_state(first.state())
        second._live.set("horizon", 180)
        after = list(second.run())
        assert progress([*before, *after]) == progress(told)
        assert np.array_equal(later.weights, whole.weights)
        kept, wanted = second.state(), training.state()
        assert kept.keys() == wanted.keys()
        assert all(np.array_equal(kept[name], wanted[name]) for name in wanted)

    def test_a_failed_training_goes_on_from_its_last_good_step(self) -> None:
        failing = descent(LineLearner(spoil={250: math.nan}), Budget(steps=300))
        with pytest.raises(TrainingError):
            list(failing.run())
        assert failing.state()["step"][0] == 200
        learner, whole = LineLearner(), LineLearner()
        again = descent(learner, Budget(steps=300))
        again.load_state(failing.state())
        list(again.run())
        run(whole, Budget(steps=300))
        assert np.array_equal(learner.weights, whole.weights)

    def test_the_state_is_a_copy(self) -> None:
        training = descent(LineLearner(), Budget(steps=10), average=0.9)
        kept: dict[str, Any] = {}
        for event in training.run():
            if isinstance(event, Progress) and event.step == 5:
                kept = training.state()
                before = {name: array.copy() for name, array in kept.items()}
        assert all(np.array_equal(kept[name], before[name]) for name in kept)


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda kept: kept.pop("draw"), "draw"), (lambda kept: kept.pop("weights.line.bias"), "line.bias"),
        (lambda kept: kept.update({"weights.line.weight": np.zeros((3, 3), np.float32)}), "line.weight"),
        (lambda kept: kept.update({"average.line.weight": np.zeros(7, np.float32)}), "average.line.weight"),
        (lambda kept: kept.update({"optimizer.line.0.exp_avg": np.zeros(7, np.float32)}), "exp_avg"),
        (lambda kept: kept.update({"optimizer.line.9.exp_avg": np.zeros(7, np.float32)}), "out of range"),
        (lambda kept: kept.update({"optimizer.other.0.exp_avg": np.zeros(7, np.float32)}), "other"),
        (lambda kept: kept.update({"best_counts": np.zeros(0, np.int64)}), "best_counts"),
    ],
)
def test_what_does_not_fit_the_nets_is_found_before_it_is_used(spoil: Any, named: str) -> None:
    learner = LineLearner()
    training = descent(learner, Budget(steps=60), average=0.9)
    list(training.run())
    kept = training.state()
    require_fit(learner.nets, kept)
    spoil(kept)
    with pytest.raises((KeyError, ValueError, IndexError), match=named):
        require_fit(learner.nets, kept)
