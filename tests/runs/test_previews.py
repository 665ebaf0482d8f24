from __future__ import annotations

import numpy as np
import pytest

from genstudio.runs.previews import FIRST_SHARE, HELD_UP_SECONDS, INTERVAL_SECONDS, SHARE, UNFORESEEN_SECONDS, Previews


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


def trained(
    previews: Previews, clock: Clock, costs: dict[str, float], step_s: float, until_s: float
) -> dict[str, list[float]]:
    """When each view was looked at, by training time, while training went on for so long."""
    training, looks = 0.0, {name: list[float]() for name in costs}
    while training < until_s:
        training += step_s
        clock.now += step_s
        previews.mark_stale()
        watched = previews.due(training, idle=False)
        if watched is not None:
            looks[watched.name].append(training)
            previews.took(watched, costs[watched.name])
            clock.now += costs[watched.name]
    return looks


@pytest.mark.parametrize(("step_s", "look_s"), [(0.001, 0.01), (0.0005, 0.03), (0.05, 0.002)])
def test_looking_takes_its_share_of_training_and_no_more(
    previews: Previews, clock: Clock, step_s: float, look_s: float
) -> None:
    previews.watch("density", "density_grid", {})
    previews.watch("samples", "sample", {})
    looks = trained(previews, clock, {"density": look_s, "samples": look_s}, step_s, 30.0)
    assert previews.seconds - 2 * look_s <= SHARE * 30.0, "what the first looks took comes on top"
    assert min(map(len, looks.values())) >= 5
    assert abs(len(looks["density"]) - len(looks["samples"])) <= 1
    assert max(map(len, looks.values())) <= clock.now / INTERVAL_SECONDS


@pytest.mark.parametrize("until_s", [10.0, 16.5, 30.0, 120.0])
def test_dear_views_stay_within_a_twentieth_first_looks_included(
    previews: Previews, clock: Clock, until_s: float
) -> None:
    costs = {"manifold": 0.3, "reconstructions": 0.1, "density": 0.005}
    for name in costs:
        previews.watch(name, f"question of {name}", {})
    looks = trained(previews, clock, costs, 0.005, until_s)
    assert previews.seconds <= 0.05 * until_s
    assert looks["manifold"][0] < 0.01


def test_a_training_of_two_seconds_is_seen_in_all_views(previews: Previews, clock: Clock) -> None:
    costs = {"gap": 0.06, "density": 0.02, "components": 0.001}
    for name in costs:
        previews.watch(name, f"question of {name}", {})
    looks = trained(previews, clock, costs, 0.001, 2.0)
    assert max(times[0] for times in looks.values()) < 0.1
    assert previews.seconds <= sum(costs.values()) + SHARE * 2.0


def test_what_is_cheap_is_seen_often_beside_what_is_dear(previews: Previews, clock: Clock) -> None:
    costs = {"manifold": 0.3, "density": 0.005}
    for name in costs:
        previews.watch(name, f"question of {name}", {})
    looks = trained(previews, clock, costs, 0.005, 120.0)
    # Half of the share each, at 0.005 s and at 0.3 s a look.
    assert len(looks["density"]) >= 0.9 * (0.5 * SHARE * 120.0) // 0.005
    assert len(looks["manifold"]) >= 0.9 * (0.5 * SHARE * 120.0) // 0.3


def test_a_question_put_anew_is_known_to_be_dear(previews: Previews, clock: Clock) -> None:
    """A slider that is dragged asks for the same with other arguments again and again."""
    training = 0.0
    for place in range(100):
        previews.watch(f"{place}:manifold", "manifold", {"place": place})
        training += 0.1
        clock.now += 0.1
        watched = previews.due(training, idle=False)
        if watched is not None:
            previews.took(watched, 0.3)
        previews.unwatch(f"{place}:manifold")
    assert previews.seconds <= 0.05 * training


@pytest.mark.parametrize("load_s", [1.5, 60.0])
def test_a_first_look_that_loads_a_library_silences_nothing_for_long(
    previews: Previews, clock: Clock, load_s: float
) -> None:
    costs = {"samples": 0.03, "density": 0.02, "figures": 0.005}
    for name in costs:
        previews.watch(name, f"question of {name}", {})
    loads, training, looks = [load_s], 0.0, {name: list[float]() for name in costs}
    while training < 60.0:
        training += 0.01
        clock.now += 0.01
        previews.mark_stale()
        watched = previews.due(training, idle=False)
        if watched is not None:
            looks[watched.name].append(training)
            previews.took(watched, costs[watched.name] + (loads.pop() if loads else 0.0))
    assert looks["samples"][0] < 0.1
    assert looks["samples"][1] < UNFORESEEN_SECONDS + 1.0, "the library has been loaded; looking is cheap now"
    assert max(looks["density"][0], looks["figures"][0]) < 2.1 * HELD_UP_SECONDS
    assert max(np.diff(looks["figures"])) < 2 * 0.005 * len(costs) / SHARE
    assert previews.seconds - load_s <= 0.05 * 60.0


def test_a_library_that_is_loaded_for_a_look_leaves_a_minute_within_a_twentieth(
    previews: Previews, clock: Clock
) -> None:
    costs = {"samples": 0.03, "density": 0.02}
    for name in costs:
        previews.watch(name, f"question of {name}", {})
    previews.took(previews.due(0.01, idle=False), 1.5)  # type: ignore[arg-type]
    trained(previews, clock, costs, 0.01, 60.0)
    assert previews.seconds <= 0.05 * 60.0


def test_nothing_is_made_up_for_after_a_time_in_which_nobody_looked(previews: Previews, clock: Clock) -> None:
    """Else a view that is opened late would all but halt the training."""
    previews.watch("manifold", "manifold", {})
    training = 1000.0
    for _ in range(6000):
        training += 0.01
        clock.now += 0.01
        previews.mark_stale()
        watched = previews.due(training, idle=False)
        if watched is not None:
            previews.took(watched, 0.3)
    assert previews.seconds <= 0.05 * 60.0


def test_tabs_that_are_turned_to_and_fro_are_seen_at_once_and_within_the_share(
    previews: Previews, clock: Clock
) -> None:
    training, waits = 60.0, list[float]()
    for turn in range(60):
        names = [f"{turn % 2}:{part}" for part in range(3)]
        for name in names:
            previews.watch(name, f"question of {name}", {})
        for tick in range(100):
            training += 0.01
            clock.now += 0.01
            previews.mark_stale()
            watched = previews.due(training, idle=False)
            if watched is not None:
                previews.took(watched, 0.01)
                waits += [0.01 * tick] if watched.first and watched.name == names[-1] else []
        for name in names:
            previews.unwatch(name)
    assert len(waits) > 10
    assert max(waits[:6]) < 0.1
    assert previews.seconds <= (SHARE + FIRST_SHARE + 0.007) * 60.0


def test_looking_is_free_while_nothing_trains(previews: Previews) -> None:
    previews.watch("density", "density_grid", {})
    dear = previews.due(0.0, idle=False)
    assert dear is not None
    previews.took(dear, 1000.0)
    previews.mark_stale()
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
