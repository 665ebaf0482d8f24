from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence

import pytest

from genstudio.errors import TrainingError
from genstudio.training.em import NOT_CONVERGED, Schedule, expectation_maximization
from genstudio.training.events import Event, Note, Progress


class Staircase:
    """A learner whose bounds are known beforehand: one list of bounds a restart; its parameter is (restart, steps)."""

    items = 10

    def __init__(self, *bounds: Sequence[float], waits: int = 0) -> None:
        self.bounds = bounds
        self.waits = waits
        self.place = (-1, 0)

    def start(self) -> Generator[None, None, None]:
        for _ in range(self.waits):
            yield
        self.place = (self.place[0] + 1, 0)

    def step(self) -> float:
        restart, steps = self.place
        self.place = (restart, steps + 1)
        bound = self.bounds[restart][steps]
        if bound == -1000.0:
            raise TrainingError("It fell.", "Do not step there.")
        return bound

    def metrics(self) -> Mapping[str, float]:
        return {"train": float(self.place[1])}

    def keep(self) -> tuple[int, int]:
        return self.place

    def restore(self, kept: tuple[int, int]) -> None:
        self.place = kept

    def remarks(self) -> Iterable[Note]:
        yield Note("info", "Done.")


def run(learner: Staircase, schedule: Schedule) -> list[Event]:
    return list(expectation_maximization(learner, schedule))


def steps(events: Iterable[Event]) -> list[int]:
    return [event.step for event in events if isinstance(event, Progress)]


@pytest.mark.parametrize(
    ("bounds", "tol", "max_iter", "taken", "converged"),
    [
        ([-9.0, -5.0, -4.99, -1.0], 0.1, 10, 3, True),
        ([-9.0, -5.0, -4.9, -4.8], 0.05, 4, 4, False),
        ([-1.0, -1.0, -1.0, -1.0], 0.0, 4, 4, False),  # a change of 0 is not below a tolerance of 0
        ([-1.0, -1.0], 1e-12, 4, 2, True),
        ([-3.0], 1e9, 1, 1, False),  # the first change is infinite
    ],
)
def test_it_stops_where_the_bound_does(
    bounds: list[float], tol: float, max_iter: int, taken: int, converged: bool
) -> None:
    learner = Staircase(bounds)
    events = run(learner, Schedule(max_iter, tol))
    assert learner.place == (0, taken)
    assert steps(events) == list(range(taken + 1))
    assert converged == (not any(isinstance(event, Note) and event.badge == NOT_CONVERGED for event in events))
    assert all(event.total == max_iter and event.items == 10 for event in events if isinstance(event, Progress))


def test_not_converged_is_said_with_the_pace() -> None:
    notes = [event for event in run(Staircase([-9.0, -5.0]), Schedule(2, 0.5)) if isinstance(event, Note)]
    assert "EM had not converged after 2 steps" in notes[0].text
    assert "4 nats" in notes[0].text
    assert "max_iter" in notes[0].remedy


@pytest.mark.parametrize(
    ("bounds", "best"),
    [([[-5.0, -1.0], [-5.0, -2.0]], (0, 2)), ([[-5.0, -2.0], [-5.0, -1.0]], (1, 2)), ([[-5.0, -1.0]] * 2, (0, 2))],
)
def test_the_best_restart_is_kept(bounds: list[list[float]], best: tuple[int, int]) -> None:
    learner = Staircase(*bounds)
    events = run(learner, Schedule(2, 0.0, n_init=2))
    assert learner.place == best
    assert steps(events)[-1] == 4
    assert all(event.total == 4 for event in events if isinstance(event, Progress))


def test_no_step_shows_the_start_and_says_nothing_of_convergence() -> None:
    events = run(Staircase([]), Schedule(0, 1e-3))
    assert steps(events) == [0]
    assert [event.text for event in events if isinstance(event, Note)] == ["Done."]


def test_waiting_for_a_start_is_shown_without_figures() -> None:
    events = run(Staircase([-1.0], waits=3), Schedule(1, 0.0))
    assert [dict(event.metrics) for event in events if isinstance(event, Progress)][:4] == [{}, {}, {}, {"train": 0.0}]


@pytest.mark.parametrize(
    ("closed_after", "kept"), [(1, (0, 0)), (2, (0, 1)), (3, (0, 2)), (4, (0, 2)), (5, (0, 2)), (6, (1, 2))]
)
def test_a_stop_keeps_the_best_so_far(closed_after: int, kept: tuple[int, int]) -> None:
    learner = Staircase([-5.0, -2.0], [-5.0, -1.0])
    training = expectation_maximization(learner, Schedule(2, 0.0, n_init=2))
    for _ in range(closed_after):
        next(training)
    training.close()
    assert learner.place == kept


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_figures_that_are_not_finite_end_it_at_the_last_good_parameters(bad: float) -> None:
    learner = Staircase([-5.0, -4.0, bad, -1.0])
    with pytest.raises(TrainingError, match="At step 3 the log-likelihood became"):
        run(learner, Schedule(10, 1e-3))
    assert learner.place == (0, 2)


def test_a_step_that_fails_leaves_the_parameters_before_it() -> None:
    learner = Staircase([-5.0, -1000.0])
    with pytest.raises(TrainingError, match="It fell"):
        run(learner, Schedule(10, 1e-3))
    assert learner.place == (0, 1)
