"""The textbook's rows, and what they were drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.datasets

from genstudio.data.catalogue.textbook_anomalies import TextbookAnomalies
from genstudio.data.catalogue.textbook_blobs import TextbookBlobs
from genstudio.data.table import Table


def points(table: Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.column_stack([table.column("x").values, table.column("y").values])


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"samples": 11, "centers": 4, "cluster_std": (1.0, 0.3, 2.0, 0.7), "random_state": 0},
        {"samples": 10, "centers": 20, "cluster_std": (0.5,) * 20},
    ],
    ids=["textbook", "uneven", "more blobs than rows"],
)
def test_blobs_are_scikit_learns_bit_for_bit(chosen: dict[str, Any]) -> None:
    settings = TextbookBlobs.Settings(**chosen)
    table = TextbookBlobs().load(settings, seed=0)
    expected, labels = sklearn.datasets.make_blobs(
        settings.samples,
        centers=settings.centers,
        cluster_std=list(settings.cluster_std),
        random_state=settings.random_state,
    )
    np.testing.assert_array_equal(points(table), expected)
    np.testing.assert_array_equal(table.column("blob").values, labels)


def test_anomalies_follow_the_textbooks_blobs() -> None:
    table = TextbookAnomalies().load(TextbookAnomalies.Settings(), seed=0)
    blobs = TextbookBlobs().load(TextbookBlobs.Settings(), seed=0)
    np.testing.assert_array_equal(points(table)[:1000], points(blobs))
    np.testing.assert_array_equal(points(table)[1000:], np.random.RandomState(42).uniform(-10, 10, (50, 2)))
    label = table.column("anomaly")
    assert label.levels == ("normal", "anomalous")
    np.testing.assert_array_equal(label.values, np.repeat([0.0, 1.0], [1000, 50]))


def test_truth_of_anomalies_is_the_mixture_of_both() -> None:
    table = TextbookAnomalies().load(TextbookAnomalies.Settings(normal=300, anomalies=100, span=5), seed=0)
    blobs = TextbookBlobs().load(TextbookBlobs.Settings(), seed=0)
    assert table.truth is not None
    assert blobs.truth is not None
    grid = np.random.default_rng(0).uniform(-9, 9, (500, 2))
    inside = (np.abs(grid) <= 5).all(axis=1)
    expected = 0.75 * np.exp(blobs.truth.log_prob(grid)) + 0.25 * inside / 100
    np.testing.assert_allclose(np.exp(table.truth.log_prob(grid)), expected, rtol=1e-9)
