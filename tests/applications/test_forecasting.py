"""Forecasts: against the exact law of the rows to come, on a chain that is known, in data units."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.forecasting import forecast, one_step_forecasts
from tests.applications.known_chain import COVARS, MEANS, SERIES, TRANSMAT, known, last_state

DRAWS = 4000


def law(state: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact mean and variance of the rows to come, shape (steps, 2) each, given the last state."""
    means, variances = [], []
    for step in range(1, steps + 1):
        share = state @ np.linalg.matrix_power(TRANSMAT, step)
        means.append(share @ MEANS)
        variances.append(share @ (np.diagonal(COVARS, axis1=1, axis2=2) + MEANS**2) - means[-1] ** 2)
    return np.array(means), np.array(variances)


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
@pytest.mark.parametrize("gap", [(), (2, 3), (5,)], ids=["whole", "gap", "gap at the end"])
def test_draws_have_the_mean_and_variance_of_the_exact_law(scaling: str, gap: tuple[int, ...]) -> None:
    fitted, _ = known(scaling)
    x = SERIES.copy()
    x[list(gap)] = np.nan
    found = forecast(fitted, x, start=6, steps=12, draws=DRAWS, seed=3)
    mean, variance = law(last_state(x[:6]), 12)
    assert found.draws.shape == (DRAWS, 12, 2)
    squares = (found.draws - mean) ** 2
    assert np.all(np.abs(found.bands.middle - mean) < 4 * np.sqrt(variance / DRAWS))
    assert np.all(np.abs(squares.mean(axis=0) - variance) < 4 * squares.std(axis=0) / np.sqrt(DRAWS))


def test_rows_of_a_draw_follow_from_each_other() -> None:
    """The states of a draw are one path, not a state for each row by itself."""
    fitted, _ = known()
    drawn = forecast(fitted, SERIES, 8, 9, draws=DRAWS, seed=0).draws[:, :, 0] > 16
    together = (drawn[:, 7] & drawn[:, 8]).mean()
    assert together == pytest.approx(drawn[:, 7].mean() * TRANSMAT[2, 2], abs=4 * np.sqrt(0.25 / DRAWS))


def test_the_truth_is_what_follows_and_the_plain_guess_the_last_value() -> None:
    fitted, _ = known()
    x = SERIES.copy()
    x[4, 1] = np.nan
    found = forecast(fitted, x, start=5, steps=6, draws=300, seed=0)
    np.testing.assert_array_equal(found.truth[:3], SERIES[5:])
    assert np.isnan(found.truth[3:]).all()
    np.testing.assert_array_equal(found.plain, np.tile([18.2, 300.0], (6, 1)))
    off = found.bands.middle[:3] - SERIES[5:]
    np.testing.assert_allclose(found.errors.rmse, np.sqrt((off**2).mean(axis=0)))
    np.testing.assert_allclose(found.errors.plain, np.sqrt(((SERIES[5:] - [18.2, 300.0]) ** 2).mean(axis=0)))


def test_each_row_is_forecast_from_all_before_it() -> None:
    fitted, _ = known()
    x = SERIES.copy()
    x[5] = np.nan
    found = one_step_forecasts(fitted, x, start=2, steps=100, draws=DRAWS, seed=1)
    # As far as there are rows, and one more.
    assert found.draws.shape == (DRAWS, 7, 2)
    for step in range(7):
        mean, variance = law(last_state(x[:2 + step]), 1)
        assert np.all(np.abs(found.bands.middle[step] - mean[0]) < 4 * np.sqrt(variance[0] / DRAWS)), step
    np.testing.assert_array_equal(found.plain, [*SERIES[1:5], SERIES[4], *SERIES[6:]])
    assert found.errors.n.tolist() == [5, 5]


def test_the_same_seed_gives_the_same_draws() -> None:
    fitted, _ = known()
    first, again, other = (forecast(fitted, SERIES, 5, 4, draws=20, seed=seed).draws for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
