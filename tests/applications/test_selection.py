from __future__ import annotations

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from genstudio.applications.selection import best_candidate, compare_mixtures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, DataError
from genstudio.models.gmm import MixtureSettings


def blobs(n: int = 300, scaling: str = "none", valid: float = 0.0):
    rng = np.random.default_rng(0)
    x = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])[rng.integers(3, size=n)] + rng.normal(size=(n, 2))
    return x, prepare(points_table("blobs", x), PreparationSettings(scaling=scaling, valid=valid, test=0), seed=0)


def test_criteria_are_scikit_learns() -> None:
    x, data = blobs()
    for row in compare_mixtures(data, MixtureSettings(), range(1, 5), 1, covariance_types=("full", "diag")):
        expected = GaussianMixture(row.n_components, covariance_type=row.covariance_type, random_state=1).fit(x)
        assert row.bic == pytest.approx(expected.bic(x), rel=1e-9)
        assert row.aic == pytest.approx(expected.aic(x), rel=1e-9)
        assert row.train == pytest.approx(expected.score(x), rel=1e-9)
        assert (row.steps, row.converged, row.valid) == (expected.n_iter_, expected.converged_, None)


def test_the_true_number_is_marked_best() -> None:
    rows = list(compare_mixtures(blobs()[1], MixtureSettings(), range(1, 7), 0))
    assert best_candidate(rows).n_components == 3
    assert [row for row in rows if row.best][-1] is best_candidate(rows)
    assert best_candidate(rows, "aic").n_components >= 3


def test_figures_are_in_data_units_under_any_scaling() -> None:
    _, data = blobs(valid=0.2, scaling="minmax")
    settings = MixtureSettings(n_init=3, reg_covar=0, tol=1e-7)
    row = next(compare_mixtures(data, settings, [3], 0))
    _, plain = blobs(valid=0.2)
    other = next(compare_mixtures(plain, settings, [3], 0))
    assert row.train == pytest.approx(other.train, abs=1e-3)
    assert row.valid == pytest.approx(other.valid, abs=1e-2)
    assert row.bic == pytest.approx(other.bic, abs=1.0)


def test_steps_that_run_out_are_not_converged() -> None:
    row = next(compare_mixtures(blobs()[1], MixtureSettings(max_iter=2, tol=0), [4], 0))
    assert (row.steps, row.converged) == (2, False)


def test_priors_and_hand_given_parameters_are_left_out() -> None:
    hand = MixtureSettings(
        n_components=1, max_iter=0, weights_init=(1.0,), means_init=((0.0, 0.0),), precisions_init=([[1, 0], [0, 1]],)
    )
    data = blobs()[1]
    plain = list(compare_mixtures(data, MixtureSettings(), [1, 2], 0))
    assert list(compare_mixtures(data, hand, [1, 2], 0)) == plain
    bayesian = MixtureSettings(weight_concentration_prior_type="dirichlet_process")
    assert list(compare_mixtures(data, bayesian, [1, 2], 0)) == plain


def test_a_fit_that_fails_is_a_row_that_says_why() -> None:
    table = points_table("five points", np.repeat(np.arange(5.0), 10)[:, None])
    data = prepare(table, PreparationSettings(valid=0, test=0), seed=0)
    rows = list(compare_mixtures(data, MixtureSettings(reg_covar=0), [1, 5], 0))
    assert rows[0].failure == ""
    assert "collapsed" in rows[1].failure
    assert not rows[1].best
    assert best_candidate(rows) == rows[0]


def test_sizes_beyond_the_rows_are_passed_over() -> None:
    _, data = blobs(4)
    assert [row.n_components for row in compare_mixtures(data, MixtureSettings(), range(2, 9), 0)] == [2, 3, 4]
    with pytest.raises(DataError, match="4 rows"):
        list(compare_mixtures(data, MixtureSettings(), [5], 0))


def test_it_can_be_cancelled_at_any_step() -> None:
    seen = []

    def cancel() -> None:
        seen.append(1)
        if len(seen) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(compare_mixtures(blobs()[1], MixtureSettings(tol=0), [3, 4], 0, on_step=cancel))
    assert len(seen) == 4
