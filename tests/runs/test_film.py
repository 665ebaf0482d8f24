from __future__ import annotations

import numpy as np
import pytest

from genstudio.runs.film import MOST_LOOKS, Films, Sight
from genstudio.training.events import Preview

PICTURES = Sight.of("run", "samples.drawn", "sample", {"n": 4, "seed": 0})


def look(step: int, size: int = 2048, name: str = "samples.drawn") -> Preview:
    return Preview(name, step, {"x": np.full(size, float(step)) + np.linspace(0, 1, size)})


def steps_of(films: Films, run: str = "run") -> list[int]:
    return films.moments(run)


def test_what_was_seen_up_to_a_step_is_seen_again() -> None:
    films = Films()
    for step in (10, 20, 30):
        films.keep(PICTURES, look(step))
    for asked, found in ((30, 30), (29, 20), (20, 20), (1000, 30), (None, 30), (3, 10)):
        seen = films.at(PICTURES, asked)
        assert seen is not None
        assert (seen.name, seen.step) == ("samples.drawn", found)
        assert seen.answer["x"] == pytest.approx(look(found).answer["x"], abs=1e-3)
    assert films.at(Sight.of("run", "other", "sample", {})) is None


@pytest.mark.parametrize(
    ("array", "tolerance", "bytes_each"),
    [
        (np.random.default_rng(0).random((20, 1, 28, 28)), 0.5 / 255 + 1e-12, 1),
        (np.random.default_rng(0).random((20, 1, 28, 28)).astype(np.float32), 0.5 / 255 + 1e-6, 1),
        (np.random.default_rng(0).integers(0, 255, (20, 3, 9, 9), np.uint8), 0, 1),
        (np.random.default_rng(0).normal(size=(90, 90)), 1e-6, 4),
        (np.arange(5000), 0, 8),
        # Dates in seconds, infinite log-densities and huge numbers keep all their digits.
        (1.7e9 + np.random.default_rng(0).normal(size=(3000, 2)), 0, 8),
        (np.log(np.maximum(np.random.default_rng(0).normal(size=3000), 1e-300)) * [[1e200]], 0, 8),
        (np.r_[np.full(2000, -np.inf), np.zeros(2000)], 0, 8),
        (np.array([0.0, 1.0, 1.7e9, 1.7e9 + 1e-6]), 0, 8),
    ],
)
def test_arrays_take_no_more_room_than_eyes_need(array: np.ndarray, tolerance: float, bytes_each: int) -> None:
    films = Films()
    films.keep(PICTURES, Preview("samples.drawn", 1, {"x": array}))
    seen = films.at(PICTURES)
    assert seen is not None
    found = seen.answer["x"]
    assert (found.shape, found.dtype) == (array.shape, array.dtype)
    assert found == pytest.approx(array, abs=tolerance) if tolerance else np.array_equal(found, array)
    assert films.nbytes == bytes_each * array.size


def test_memory_is_bounded_and_the_story_keeps_its_ends() -> None:
    films = Films(most_bytes=40 * 2048 * 4)
    for step in range(1, 2001):
        films.keep(PICTURES, look(step))
        assert films.nbytes <= 40 * 2048 * 4
    kept = steps_of(films)
    assert (kept[0], kept[-1]) == (1, 2000)
    assert len(kept) >= 20
    gaps = np.diff(kept)[:-1]
    assert gaps.max() <= 2 * gaps.min(), "moments are spread evenly"


def test_a_long_training_of_small_looks_is_thinned_as_well() -> None:
    films = Films()
    for step in range(5 * MOST_LOOKS):
        films.keep(PICTURES, look(step, size=1))
    assert MOST_LOOKS // 2 <= len(steps_of(films)) <= MOST_LOOKS
    assert steps_of(films)[0] == 0


def test_one_look_larger_than_all_room_leaves_only_itself() -> None:
    films = Films(most_bytes=1000)
    for step in (1, 2, 3):
        films.keep(PICTURES, look(step))
    assert steps_of(films) == [3]


def test_the_room_is_shared_by_runs() -> None:
    films = Films(most_bytes=30 * 2048 * 4)
    for step in range(25):
        films.keep(PICTURES, look(step))
    other = Sight.of("other run", "samples.drawn", "sample", {"n": 4, "seed": 0})
    for step in range(25):
        films.keep(other, look(step))
    assert len(steps_of(films)) >= 5
    assert len(steps_of(films, "other run")) >= 5


def test_other_questions_are_other_stories_but_zooming_is_not() -> None:
    films = Films()
    first = Sight.of("run", "live.density", "density_grid", {"bounds": (0, 1, 0, 1), "columns": (0, 1)})
    zoomed = Sight.of("run", "live.density", "density_grid", {"bounds": (0, 9, 0, 9), "columns": (0, 1)})
    others = Sight.of("run", "live.density", "density_grid", {"bounds": (0, 1, 0, 1), "columns": (0, 2)})
    assert first == zoomed
    for step in (1, 2):
        films.keep(first, look(step))
    films.keep(others, look(3))
    assert films.at(first, 2) is not None
    assert films.at(others, 2) is not None
    assert steps_of(films) == [1, 2, 3]


def test_glances_of_a_view_that_is_dragged_are_not_kept() -> None:
    films = Films()
    for place in range(50):
        films.keep(Sight.of("run", "latent.cursor", "decode", {"z": np.full((1, 2), place)}), look(place))
    assert steps_of(films) == [49]


def test_looking_again_at_the_same_step_replaces_and_going_back_forgets_what_came_after() -> None:
    films = Films()
    for step in (1, 2, 2, 3, 2):
        films.keep(PICTURES, look(step))
    assert steps_of(films) == [1, 2]


def test_what_is_kept_is_nobody_elses() -> None:
    films, mine = Films(), look(1)
    films.keep(PICTURES, mine)
    mine.answer["x"][:] = 0.0
    seen = films.at(PICTURES)
    assert seen is not None
    assert seen.answer["x"][0] == 1.0
    seen.answer["x"][:] = 0.0
    again = films.at(PICTURES)
    assert again is not None
    assert again.answer["x"][0] == 1.0
