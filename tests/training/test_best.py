from __future__ import annotations

import math

import numpy as np
import pytest

from genstudio.training.budget import Budget
from genstudio.training.events import Event, Progress
from tests.training.lines import LineLearner, descent, notes, progress, run


class TestBest:
    @pytest.mark.parametrize(("keep_best", "kept"), [(True, 100), (False, 300)])
    def test_the_weights_that_validated_best_are_kept(self, keep_best: bool, kept: int) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0, -3.0, -1.5, math.nan, -1.2]))
        training, seen = descent(learner, Budget(steps=300), keep_best=keep_best), {}
        events: list[Event] = []
        for event in training.run():
            events.append(event)
            seen[event.step if isinstance(event, Progress) else 0] = learner.weights
        assert np.array_equal(learner.weights, seen[kept])
        assert any("step 100 are kept" in note for note in notes(events)) == keep_best

    def test_the_last_step_is_validated_too(self) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0]))
        events = progress(run(learner, Budget(steps=70)))
        assert [event.step for event in events if "valid" in event.metrics] == [0, 50, 70]

    @pytest.mark.parametrize(("patience", "last"), [(0, 300), (1, 150), (2, 300), (3, 300)])
    def test_early_stopping(self, patience: int, last: int) -> None:
        learner = LineLearner(valid=iter([-2.0, -1.0, -3.0, -0.5, -0.9, -0.8]))
        events = run(learner, Budget(steps=300), patience=patience)
        assert progress(events)[-1].step == last
        assert any("Stopped early" in note for note in notes(events)) == (patience in (1, 2))
