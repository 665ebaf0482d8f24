"""What if? asked of a model with its data, and of one without."""

from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Subject, answer

X = np.random.default_rng(0).normal(size=(400, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.2], [0.0, 0.0, 2.0]])
DATA = prepare(points_table("points", X), PreparationSettings(scaling="standard", valid=0, test=0), 0)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    found = model("gmm")(model("gmm").Settings(n_components=1))
    for _ in found.fit(DATA, found.live_settings(), seed=0):
        pass
    return Fitted(found, DATA.preparation)


def test_the_space_is_that_of_the_rows_or_else_of_samples(fitted: Fitted) -> None:
    of_rows, of_samples = (answer("conditional_space", Subject(fitted, data), {}, unwatched) for data in (DATA, None))
    assert np.allclose(of_rows["median"], np.median(X, axis=0))
    assert np.allclose(of_rows["low"], X.min(axis=0))
    assert np.allclose(of_samples["median"], of_rows["median"], atol=0.3)
    assert np.all(of_samples["low"] < of_samples["high"])
    assert bool(of_rows["exact"])


@pytest.mark.parametrize("data", [DATA, None], ids=["with data", "without"])
def test_draws_stand_beside_what_is_given(fitted: Fitted, data: object) -> None:
    subject = Subject(fitted, data)  # type: ignore[arg-type]
    asked = {"columns": [2, 0], "values": [1.5, -0.5], "asked": 1}
    drawn = answer("conditional_draws", subject, {**asked, "n": 500, "seed": 1}, unwatched)["x"]
    assert drawn.shape == (500, 3)
    assert np.all(drawn[:, :2] == [1.5, -0.5])
    found = answer("conditional", subject, asked, unwatched)
    assert drawn[:, 2].mean() == pytest.approx(float(found["mean"]), abs=5 * drawn[:, 2].std() / np.sqrt(500))
    assert found["columns"].tolist() == [2, 0]
    assert np.trapezoid(found["density"], found["x"]) == pytest.approx(1, abs=1e-3)


def test_why_not_is_a_sentence(fitted: Fitted) -> None:
    found = answer("conditional", Subject(fitted, DATA), {"columns": [0], "values": [np.inf], "asked": 1}, unwatched)
    assert "no place for these values" in str(found["why"])
    assert "density" not in found
