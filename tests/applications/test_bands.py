from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.bands import bands, errors

NUMBER, SYMBOL = (False,), (True,)


def column(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


def test_bands_hold_what_they_say() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(5.0, 2.0, size=(2000, 400, 1))
    truth = rng.normal(5.0, 2.0, size=(400, 1))
    found = bands(draws, truth, NUMBER)
    assert found.middle == pytest.approx(5.0, abs=0.25)
    np.testing.assert_allclose(found.quantiles[[0, 2, 4], 0, 0], [1.71, 5.0, 8.29], atol=0.35)
    told = errors(found, truth, np.full((400, 1), 5.0), NUMBER)
    assert told.coverage[0, 0] == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 400))
    assert told.coverage[1, 0] == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 400))
    assert told.rmse[0] == pytest.approx(float(told.plain[0]), rel=0.05)


def test_what_is_not_known_does_not_count() -> None:
    draws = np.zeros((10, 3, 1))
    truth = column(3.0, np.nan, 4.0)
    told = errors(bands(draws, truth, NUMBER), truth, column(3.0, 9.0, 0.0), NUMBER)
    assert told.n.tolist() == [2]
    assert told.rmse[0] == pytest.approx(np.sqrt(12.5))
    assert told.plain[0] == pytest.approx(np.sqrt(8.0))
    assert told.coverage.tolist() == [[0.0], [0.0]]
    unknown = np.full((3, 1), np.nan)
    told = errors(bands(draws, unknown, NUMBER), unknown, unknown, NUMBER)
    assert told.n.tolist() == [0]
    assert np.isnan([told.rmse[0], told.plain[0], *told.coverage[:, 0]]).all()


def test_symbols_have_no_middle_but_a_most_frequent_one() -> None:
    # 0 in six of ten draws, 2 in three, 7 in one.
    draws = np.array([0, 0, 0, 0, 0, 0, 2, 2, 2, 7.0])[:, None, None] * np.ones((1, 4, 1))
    truth = column(0.0, 2.0, 7.0, 5.0)
    found = bands(draws, truth, SYMBOL)
    assert found.middle[:, 0].tolist() == [0, 0, 0, 0]
    assert np.isnan(found.quantiles).all()
    # Half is made up by the first alone, 90 % by the first two.
    assert found.inside[:, :, 0].tolist() == [[True, False, False, False], [True, True, False, False]]
    told = errors(found, truth, column(2.0, 2.0, 2.0, 2.0), SYMBOL)
    assert told.rmse[0] == pytest.approx(0.75)
    assert told.plain[0] == pytest.approx(0.75)


@pytest.mark.parametrize("symbols", [NUMBER, SYMBOL])
def test_no_rows_at_all(symbols: tuple[bool]) -> None:
    nothing = np.empty((0, 1))
    found = bands(np.empty((10, 0, 1)), nothing, symbols)
    assert found.middle.shape == (0, 1)
    assert found.quantiles.shape == (5, 0, 1)
    assert errors(found, nothing, nothing, symbols).n.tolist() == [0]


def test_columns_keep_to_themselves() -> None:
    draws = np.stack([np.arange(10.0)[:, None] * np.ones(2), np.ones((10, 2))], axis=2)
    found = bands(draws, np.array([[4.0, 1.0], [4.0, 0.0]]), (False, True))
    assert found.middle.tolist() == [[4.5, 1.0], [4.5, 1.0]]
    assert np.isfinite(found.quantiles[:, :, 0]).all()
    assert found.inside[0].tolist() == [[True, True], [True, False]]
