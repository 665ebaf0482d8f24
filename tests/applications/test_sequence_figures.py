from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.sequence_figures import sequence_figures


def test_figures_are_those_of_the_columns() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2)).cumsum(axis=0)
    found = sequence_figures(x, np.array([200]))
    np.testing.assert_allclose(found.mean, x.mean(axis=0))
    np.testing.assert_allclose(found.deviation, x.std(axis=0))
    off = x - x.mean(axis=0)
    np.testing.assert_allclose(found.correlation, (off[:-1] * off[1:]).mean(axis=0) / x.var(axis=0))


def test_no_value_is_followed_by_one_of_another_sequence() -> None:
    x = np.array([1.0, 1, 1, -1, -1, -1])[:, None]
    assert sequence_figures(x, np.array([3, 3])).correlation[0] == pytest.approx(1.0)
    assert sequence_figures(x, np.array([6])).correlation[0] == pytest.approx(0.6)


def test_gaps_and_what_never_varies() -> None:
    x = np.array([[1.0, 7.0], [np.nan, 7.0], [3.0, 7.0], [1.0, 7.0]])
    found = sequence_figures(x, np.array([4]))
    assert found.mean.tolist() == [pytest.approx(5 / 3), 7.0]
    assert found.deviation[1] == 0
    assert np.isnan(found.correlation[1])
    alone = sequence_figures(np.ones((3, 1)), np.array([1, 1, 1]))
    assert np.isnan(alone.correlation[0])
