from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from sklearn.mixture import GaussianMixture

from genstudio.applications.selection import best_candidate, compare_chains, compare_mixtures
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import sequences
from genstudio.data.table import Column, ColumnType, Table, points_table
from genstudio.errors import Cancelled, DataError
from genstudio.models.gmm import MixtureSettings
from genstudio.models.hmm import MarkovSettings


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


def turns(valid: float = 0.0, gaps: int = 0) -> Dataset:
    """One sequence of two columns that takes turns between three places."""
    rng = np.random.default_rng(0)
    places = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
    x = np.repeat(places[np.arange(60) % 3], rng.integers(3, 9, 60), axis=0)
    x = x + rng.normal(size=x.shape)
    x[rng.permutation(len(x))[:gaps]] = np.nan
    settings = PreparationSettings(kind="sequences", valid=valid, test=0)
    return prepare(points_table("turns", x), settings, seed=0)


def test_criteria_of_chains_are_hmmlearns() -> None:
    data = turns()
    settings = MarkovSettings(n_iter=5, tol=0.0)
    for row in compare_chains(data, settings, [1, 2, 3], 7, covariance_types=("full", "diag")):
        expected = GaussianHMM(row.n_components, row.covariance_type, n_iter=5, tol=0.0, random_state=7)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected.fit(data.train)
        assert row.train == pytest.approx(expected.score(data.train) / len(data.train), rel=1e-6)
        assert row.bic == pytest.approx(expected.bic(data.train), rel=1e-6)
        assert row.aic == pytest.approx(expected.aic(data.train), rel=1e-6)


def test_the_true_number_of_states_is_marked_best() -> None:
    rows = list(compare_chains(turns(valid=0.2), MarkovSettings(n_iter=50, n_init=3), range(1, 6), 0))
    assert best_candidate(rows).n_components == 3
    assert all(row.valid is not None for row in rows)


def test_gaps_are_no_rows_of_a_chain() -> None:
    data = turns(gaps=40)
    row = next(compare_chains(data, MarkovSettings(n_iter=5), [2], 0))
    price = row.n_parameters * (np.log(len(data.train) - 40) - 2)
    assert row.bic - row.aic == pytest.approx(price)


def test_chains_given_by_hand_are_learned_anew() -> None:
    hand = MarkovSettings(n_iter=0, startprob=(1.0,), transmat=((1.0,),), means=((0.0, 0.0),), covars=((1.0, 1.0),))
    data = turns()
    assert list(compare_chains(data, hand, [1, 2], 0)) == list(compare_chains(data, MarkovSettings(), [1, 2], 0))


def test_symbols_have_one_shape() -> None:
    words = sequences(Table("words", (Column("w", ColumnType.CATEGORY, np.arange(40.0) % 2, ("a", "b")),)), [40])
    data = prepare(words, PreparationSettings(valid=0, test=0), seed=0)
    settings = MarkovSettings(emission="categorical")
    rows = list(compare_chains(data, settings, [1, 2], 0, covariance_types=("full", "diag")))
    assert [row.n_components for row in rows] == [1, 2]


def test_ways_that_are_too_long_fail_in_words() -> None:
    words = PreparationSettings(kind="sequences", valid=0, test=0)
    data = prepare(points_table("short", np.random.default_rng(0).normal(size=(4, 1))), words, seed=0)
    rows = list(compare_chains(data, MarkovSettings(topology="left_to_right"), [2, 4], 0))
    assert [bool(row.failure) for row in rows] == [False, False]
    more = dataclasses.replace(data, lengths=(np.array([2, 2]), *data.lengths[1:]))
    row = next(compare_chains(more, MarkovSettings(topology="left_to_right"), [4], 0))
    assert "longest sequence" in row.failure
