"""Gaps filled by draws: against every path gone through, on a chain that is known, in data units."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications import gaps
from genstudio.applications.gaps import fill_gaps, nearest, straight
from genstudio.errors import Cancelled
from tests.applications.known_chain import MEANS, SERIES, known, missing_moments, paths

DRAWS = 4000


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
@pytest.mark.parametrize(
    "cells",
    [[(2, 0), (2, 1), (3, 0), (3, 1)], [(0, 0), (0, 1), (7, 0), (7, 1)], [(1, 1), (4, 0), (5, 0), (5, 1), (6, 1)]],
    ids=["middle", "ends", "parts of rows"],
)
def test_the_mean_of_draws_is_the_exact_conditional_mean(scaling: str, cells: list[tuple[int, int]]) -> None:
    x = SERIES.copy()
    x[tuple(zip(*cells, strict=True))] = np.nan
    fitted, _ = known(scaling)
    found = fill_gaps(fitted, x, (), draws=DRAWS, seed=1)
    draws = np.tile(x, (DRAWS, 1, 1))
    draws[:, found.rows] = found.outlook.draws
    mean, variance = missing_moments(x)
    np.testing.assert_array_equal(found.missing, np.isnan(x[found.rows]))
    for row, column in cells:
        drawn = draws[:, row, column]
        assert abs(drawn.mean() - mean[row, column]) < 4 * np.sqrt(variance[row, column] / DRAWS)
        squares = (drawn - mean[row, column]) ** 2
        assert abs(squares.mean() - variance[row, column]) < 4 * squares.std() / np.sqrt(DRAWS)
    # What is there stays as it is, to the last bit.
    np.testing.assert_array_equal(draws[:, np.isfinite(x)], np.tile(x[np.isfinite(x)], (DRAWS, 1)))


def test_rows_of_a_draw_belong_together() -> None:
    """Two rows of a gap depend on each other, as the states of one path do."""
    many = 20_000
    x = SERIES.copy()
    x[2:4] = np.nan
    fitted, _ = known()
    first, second = np.moveaxis(fill_gaps(fitted, x, (), draws=many, seed=2).outlook.draws[:, :, 0], 1, 0)
    every, weights = paths(x)
    expected = weights @ (MEANS[every[:, 2], 0] * MEANS[every[:, 3], 0])
    product = first * second
    assert abs(product.mean() - expected) < 4 * product.std() / np.sqrt(many)
    alone = first.mean() * second.mean()
    assert abs(alone - expected) > 4 * product.std() / np.sqrt(many)


def test_what_is_hidden_is_the_truth() -> None:
    fitted, _ = known()
    x = SERIES.copy()
    x[6, 1] = np.nan
    found = fill_gaps(fitted, x, [(2, 4)], draws=500, seed=0)
    assert found.rows.tolist() == [2, 3, 6]
    np.testing.assert_array_equal(found.outlook.truth[:2], SERIES[2:4])
    assert np.isnan(found.outlook.truth[2]).all()
    assert found.outlook.errors.n.tolist() == [2, 2]
    line = np.array([[12.1, 380.0], [18.2, 160.0]])
    np.testing.assert_allclose(found.outlook.plain[:2], [line[0] + (line[1] - line[0]) * k / 3 for k in (1, 2)])
    expected = np.sqrt(((found.outlook.plain[:2] - SERIES[2:4]) ** 2).mean(axis=0))
    np.testing.assert_allclose(found.outlook.errors.plain, expected)


def test_draws_do_not_hang_on_how_many_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, _ = known()
    x = SERIES.copy()
    x[3:5] = np.nan
    monkeypatch.setattr(gaps, "MOST_NUMBERS", 300 * x.size)
    told: list[float] = []
    found = fill_gaps(fitted, x, (), draws=1000, seed=5, watch=lambda share, doing: told.append(share))
    assert told == [0.0, 0.3, 0.6, 0.9]
    drawn = found.outlook.draws
    assert drawn.shape == (1000, 2, 2)
    assert len(np.unique(drawn[:, 0, 0])) == 1000
    mean, variance = missing_moments(x)
    assert np.all(np.abs(drawn.mean(axis=0) - mean[3:5]) < 4 * np.sqrt(variance[3:5] / 1000))

    def given_up(share: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fill_gaps(fitted, x, (), draws=1000, seed=5, watch=given_up)


def test_of_long_sequences_the_rows_about_gaps_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is before them stands in the law of their first state, which is not that of a beginning."""
    fitted, _ = known()
    x = SERIES.copy()
    x[5:7] = np.nan
    monkeypatch.setattr(gaps, "LONG", 4)
    monkeypatch.setattr(gaps, "AROUND", 1)
    before = fitted.chain()
    drawn = fill_gaps(fitted, x, (), draws=DRAWS, seed=4).outlook.draws
    mean, variance = missing_moments(x)
    assert np.all(np.abs(drawn.mean(axis=0) - mean[5:7]) < 4 * np.sqrt(variance[5:7] / DRAWS))
    # Without anything known before the gap it is the first row of what is looked at.
    x[:7] = np.nan
    drawn = fill_gaps(fitted, x, (), draws=DRAWS, seed=4).outlook.draws
    mean, variance = missing_moments(x)
    assert np.all(np.abs(drawn.mean(axis=0) - mean[:7]) < 4 * np.sqrt(variance[:7] / DRAWS))
    for name, values in fitted.chain().items():
        np.testing.assert_array_equal(values, before[name])


def test_nothing_is_missing() -> None:
    fitted, _ = known()
    found = fill_gaps(fitted, SERIES, (), draws=10, seed=0)
    assert found.outlook.draws.shape == (10, 0, 2)
    assert found.outlook.errors.n.tolist() == [0, 0]


def test_plain_guesses() -> None:
    x = np.array([np.nan, 2.0, np.nan, np.nan, np.nan, 6.0, np.nan])
    np.testing.assert_array_equal(straight(x), [2, 2, 3, 4, 5, 6, 6])
    np.testing.assert_array_equal(nearest(x), [2, 2, 2, 2, 6, 6, 6])
    assert np.isnan(straight(np.full(3, np.nan))).all()
    assert np.isnan(nearest(np.full(3, np.nan))).all()
