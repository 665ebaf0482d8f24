"""What a run says about its strange rows."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Subject, answer
from genstudio.training.events import LiveSettings

ODD = 17


def subject(units: tuple[float, float], family: str = "gmm") -> Subject:
    """A model of 300 rows of two columns in some units; one row is odd in its second column."""
    x = np.random.default_rng(0).normal(size=(300, 2))
    x[ODD] = 0.1, 9.0
    data = prepare(points_table("rows", x * units), PreparationSettings(valid=0.1, test=0.2), 0)
    kind = model(family)
    learner = kind(kind.Settings())
    for _ in learner.fit(data, LiveSettings(), 0):
        pass
    return Subject(Fitted(learner, data.preparation), data)


@pytest.mark.parametrize("family", ["gmm", "kde"])
def test_flagged_rows_are_all_beyond_the_value_and_strangest_first(family: str) -> None:
    asked = subject((1.0, 1.0), family)
    known = answer("anomaly_scores", asked, {}, unwatched)
    value = float(np.percentile(known["score"], 90))
    found = answer("flagged", asked, {"value": value}, unwatched)
    assert found["row"][0] == ODD
    np.testing.assert_array_equal(found["score"], np.sort(known["score"][known["score"] > value])[::-1])
    np.testing.assert_array_equal(found["score"], known["score"][found["row"]])
    assert found["contributions"].shape == (len(found["row"]), 2)


def test_no_row_is_flagged_above_all_scores() -> None:
    found = answer("flagged", subject((1.0, 1.0)), {"value": 1e9}, unwatched)
    assert found["row"].shape == (0,)
    assert found["contributions"].shape == (0, 2)


def test_contributions_compare_whatever_the_units() -> None:
    units = (1000.0, 10.0)
    row = np.array([[0.1, 9.0]])
    plain = answer("contributions", subject((1.0, 1.0)), {"x": row}, unwatched)
    scaled = answer("contributions", subject(units), {"x": row * units}, unwatched)
    assert plain["contributions"][0, 1] > 5 > plain["contributions"][0, 0]
    # The covariance floor stays as it is when units change, and is the only thing that differs.
    np.testing.assert_allclose(scaled["contributions"], plain["contributions"], rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(scaled["x"], row * units)
