"""Where the schedule ends, and that limits of time are repeated by what was recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.training.budget import Budget
from genstudio.training.events import Event, Progress
from tests.training.lines import LineLearner, changes, descent, progress


def timed(budget: Budget, seconds: list[float], **settings: Any) -> list[Event]:
    """A training whose steps take so long each; the last figure holds from then on."""
    events: list[Event] = []
    waiting = iter(seconds)
    for event in descent(LineLearner(noise=0.3), budget, schedule="cosine", **settings).run():
        events.append(event)
        if isinstance(event, Progress) and event.step and "rate" in event.metrics:
            budget.spent += next(waiting, seconds[-1])
    return events


class TestHorizon:
    def test_a_slow_first_step_does_not_end_the_schedule(self) -> None:
        events = timed(Budget(seconds=4.0), [0.3, 0.005])
        rates = [event.metrics["rate"] for event in progress(events) if "rate" in event.metrics]
        horizons = [horizon for _, horizon in changes(events)]
        assert horizons[0] == 10**9
        assert all(abs(horizon - 741) <= 2 for horizon in horizons[1:])
        assert min(rates[:20]) == pytest.approx(0.05)
        assert rates[370] == pytest.approx(0.025, rel=0.05)
        assert rates[-1] < 1e-5
        assert len(horizons) <= 18

    def test_steps_that_become_quicker_on_the_way_are_told_soon(self) -> None:
        events = timed(Budget(seconds=4.0), [0.01] * 100 + [0.0025])
        last = progress(events)[-1].step
        assert last == pytest.approx(1300, abs=2)
        horizons = {step: horizon for step, horizon in changes(events) if 250 < step < last}
        assert len(horizons) > 8
        assert all(horizon == pytest.approx(last, abs=3) for horizon in horizons.values())

    def test_where_steps_are_slow_a_quarter_of_the_time_tells(self) -> None:
        events = timed(Budget(seconds=10.0), [1.0])
        assert changes(events)[:3] == [(0, 10**9), (3, 10), (4, 10)]

    @pytest.mark.parametrize("seconds", [[0.3, 0.005], [0.05], [0.01, 0.02, 0.01, 0.03], [9.0]])
    @pytest.mark.parametrize("schedule", ["cosine", "constant"])
    def test_it_is_repeated_by_what_was_recorded(self, seconds: list[float], schedule: str) -> None:
        limited, again = LineLearner(noise=0.3), LineLearner(noise=0.3)
        budget, waiting = Budget(seconds=4.0, batch_size=16), iter(seconds)
        events: list[Event] = []
        for event in descent(limited, budget, schedule=schedule).run():
            events.append(event)
            if isinstance(event, Progress) and "rate" in event.metrics:
                budget.spent += next(waiting, seconds[-1])
        recorded = dict(changes(events))
        training = descent(again, Budget(steps=progress(events)[-1].step, batch_size=16), schedule=schedule)
        training._live.set("horizon", recorded[0])
        repeated: list[Event] = []
        for event in training.run():
            repeated.append(event)
            if isinstance(event, Progress) and event.step in recorded:
                training._live.set("horizon", recorded[event.step])
        assert [e.metrics for e in progress(repeated)] == [e.metrics for e in progress(events)]
        assert np.array_equal(limited.weights, again.weights)

    def test_other_limits_hold_beside_time(self) -> None:
        events = timed(Budget(seconds=4.0, steps=100), [0.005])
        assert {horizon for _, horizon in changes(events)} == {100}
        assert progress(events)[-1].step == 100
        assert {event.total for event in progress(events)} == {None}

    def test_one_step_is_taken_however_short_the_time(self) -> None:
        assert progress(timed(Budget(seconds=1e-9, spent=1.0), [1.0]))[-1].step == 1
