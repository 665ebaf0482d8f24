from __future__ import annotations

import pytest

from genstudio.runs.previews import INTERVAL_SECONDS, SHARE, Previews


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def previews(clock: Clock) -> Previews:
    return Previews(clock)


@pytest.mark.parametrize(("step_ms", "look_ms"), [(1.0, 10.0), (0.05, 30.0), (50.0, 2.0)])
def test_looking_takes_its_share_of_training_and_no_more(
    previews: Previews, clock: Clock, step_ms: float, look_ms: float
) -> None:
    previews.watch("density", "density_grid", {})
    previews.watch("samples", "sample", {})
    training, looks = 0.0, {"density": 0, "samples": 0}
    while training < 30.0:
        training += step_ms / 1000
        clock.now += step_ms / 1000
        previews.mark_stale()
        watched = previews.due(training, idle=False)
        if watched is not None:
            looks[watched.name] += 1
            previews.seconds += look_ms / 1000
            clock.now += look_ms / 1000
    assert previews.seconds <= SHARE * training + look_ms / 1000
    assert min(looks.values()) >= 5
    assert abs(looks["density"] - looks["samples"]) <= 1
    assert max(looks.values()) <= (training * 1.05) / INTERVAL_SECONDS + 1


def test_looking_is_free_while_nothing_trains(previews: Previews) -> None:
    previews.seconds = 1000.0
    previews.watch("density", "density_grid", {})
    assert previews.due(0.0, idle=False) is None
    watched = previews.due(0.0, idle=True)
    assert watched is not None
    assert not previews.stale
    assert previews.due(0.0, idle=True) is None  # nothing has changed since


def test_an_answer_to_a_former_question_is_dropped(previews: Previews) -> None:
    previews.watch("density", "density_grid", {"columns": (0, 1)})
    former = previews.due(0.0, idle=True)
    assert former is not None
    previews.watch("density", "density_grid", {"columns": (1, 2)})
    previews.keep(former, 3, {})
    assert previews.take() == []


def test_only_the_newest_answer_is_kept(previews: Previews) -> None:
    previews.watch("density", "density_grid", {})
    watched = previews.due(0.0, idle=True)
    assert watched is not None
    previews.keep(watched, 3, {})
    previews.keep(watched, 4, {})
    assert [preview.step for preview in previews.take()] == [4]
    assert previews.take() == []
