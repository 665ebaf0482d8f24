"""Near the training items, or not."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.applications.copying import Verdict, shares, usual_distances, verdict, verdicts
from genstudio.applications.neighbours import SOME, nearest_items, own_distances

USUAL = np.array([0.1, 0.5, 0.9])


@pytest.mark.parametrize(("distance", "expected"), [
    (0.0, Verdict.SAME), (1e-9, Verdict.SAME), (0.05, Verdict.COPY), (0.1, Verdict.NEAR), (0.3, Verdict.NEAR),
    (0.7, Verdict.NEW), (0.95, Verdict.FAR), (np.nan, Verdict.UNKNOWN), (np.inf, Verdict.UNKNOWN),
])
def test_a_distance_tells(distance: float, expected: Verdict) -> None:
    assert verdict(distance, USUAL) is expected


def test_without_neighbours_only_the_same_is_known() -> None:
    usual = usual_distances(np.empty(0))
    assert np.isnan(usual).all()
    assert verdicts(np.array([0.0, 0.2]), usual) == [Verdict.SAME, Verdict.UNKNOWN]


def test_distances_are_those_of_an_honest_search() -> None:
    rng = np.random.default_rng(0)
    train = rng.normal(size=(300, 5)).astype(np.float32)
    wanted = np.concatenate([train[7:8], rng.normal(size=(20, 5))]).astype(np.float32)
    place, distance = nearest_items(train, wanted, lambda x: x)
    full = np.sqrt(((wanted[:, None] - train[None]) ** 2).mean(2))
    np.testing.assert_array_equal(place, full.argmin(1))
    np.testing.assert_allclose(distance, full.min(1), rtol=1e-5, atol=1e-7)
    own = own_distances(train, lambda x: x)
    among = np.sqrt(((train[:, None] - train[None]) ** 2).mean(2))
    np.fill_diagonal(among, np.inf)
    np.testing.assert_allclose(own, among.min(1), rtol=1e-5)
    many = rng.normal(size=(SOME + 100, 2)).astype(np.float32)
    assert len(own_distances(many, lambda x: x)) == SOME
    assert len(own_distances(train[:1], lambda x: x)) == 0


def test_shares_sum_to_one_over_common_bins() -> None:
    edges, found = shares(np.array([0.0, 0.2, 1.0]), np.array([0.5, 2.0]), bins=4)
    np.testing.assert_allclose(edges, [0, 0.5, 1, 1.5, 2])
    np.testing.assert_allclose(found, [[2 / 3, 0, 1 / 3, 0], [0, 0.5, 0, 0.5]])
    edges, found = shares(np.array([np.nan, np.inf, 0.5]), np.array([1.0]), bins=2)
    np.testing.assert_allclose(found, [[0, 1], [0, 1]])
    edges, found = shares(np.empty(0), np.empty(0))
    assert edges[-1] == 1.0
    assert not found.any()
