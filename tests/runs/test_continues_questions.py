"""Questions about sequences, asked of a chain that is known."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.reader import unwatched
from genstudio.errors import DataError, TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Subject, answer
from tests.applications.known_chain import MEANS, SERIES, known
from tests.runs.learners import small_data


def asked(name: str, **arguments: object) -> dict[str, np.ndarray]:
    fitted, data = known()
    return answer(name, Subject(fitted, data), arguments, unwatched)


def test_a_forecast_tells_some_draws_and_what_all_say() -> None:
    found = asked("forecast", x=SERIES, start=5, steps=6, draws=100, seed=1, shown=7)
    fitted, _ = known()
    draws = fitted.forecast(SERIES[:5], 6, 100, 1)
    np.testing.assert_array_equal(found["draws"], draws[:7])
    np.testing.assert_allclose(found["middle"], draws.mean(axis=0))
    np.testing.assert_allclose(found["quantiles"][2], np.median(draws, axis=0))
    np.testing.assert_array_equal(found["truth"][:3], SERIES[5:])
    assert int(found["start"]) == 5
    assert not found["each"]
    each = asked("forecast", x=SERIES, start=5, steps=6, draws=100, each=True)
    assert len(each["middle"]) == 4
    assert each["each"]


@pytest.mark.parametrize("start", [0, 9])
def test_there_must_be_a_past(start: int) -> None:
    with pytest.raises(DataError, match="before the first row"):
        asked("forecast", x=SERIES, start=start, steps=2, draws=20)


def test_filled_and_imputed_agree() -> None:
    x = SERIES.copy()
    x[6, 0] = np.nan
    found = asked("filled", x=x, stretches=[(2, 4)], draws=50, seed=3, shown=50)
    assert found["row"].tolist() == [2, 3, 6]
    assert found["missing"].tolist() == [[True, True], [True, True], [True, False]]
    whole = asked("imputed", x=x, lengths=np.array([8]), stretches=[(2, 4)], draws=50, seed=3)
    np.testing.assert_array_equal(whole["x"][:, [2, 3, 6]], found["draws"])
    assert whole["filled"].sum() == 5
    np.testing.assert_array_equal(whole["x"][:, 0], np.tile(SERIES[0], (50, 1)))


def test_sampled_sequences_beside_real_ones() -> None:
    found = asked("sequences", lengths=np.array([300, 200]), seed=0, real=SERIES, real_lengths=np.array([8]))
    assert found["x"].shape == (500, 2)
    for state in range(3):
        own = found["x"][found["state"] == state]
        assert own.mean(axis=0) == pytest.approx(MEANS[state], abs=4 * own.std(axis=0).max() / np.sqrt(len(own)))
    np.testing.assert_allclose(found["figures"][0], found["x"].mean(axis=0))
    np.testing.assert_allclose(found["real_figures"][1], SERIES.std(axis=0))
    assert found["real_state"].shape == (8,)
    both = np.concatenate([found["x"], SERIES])
    np.testing.assert_array_equal(found["span"], np.column_stack([both.min(axis=0), both.max(axis=0)]))
    alone = asked("sequences", lengths=np.array([5]), seed=0)
    assert sorted(alone) == ["figures", "lengths", "span", "state", "x"]


def test_a_model_that_cannot_says_so() -> None:
    data, family = small_data(), model("gmm")
    fitted = Fitted(family(family.Settings()), data.preparation)
    for name, arguments in (
        ("forecast", {"x": SERIES, "start": 2, "steps": 2, "draws": 20}),
        ("filled", {"x": np.full((2, 2), np.nan), "draws": 20}), ("sequences", {"lengths": np.array([3]), "seed": 0}),
    ):
        with pytest.raises(TrainingError, match="cannot"):
            answer(name, Subject(fitted, data), arguments, unwatched)
