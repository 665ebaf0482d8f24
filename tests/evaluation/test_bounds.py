"""Metrics of bounds, on small autoencoders of rows and of pictures."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, DataError
from genstudio.evaluation.items import from_dataset, thinned
from genstudio.evaluation.metric import Remembering, evaluate, unsuitable
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.training.budget import Budget
from tests.evaluation.gaussian import Gaussian, trained

TRUTH = Gaussian(np.array([1.0, -2.0]), np.array([[2.0, 0.6], [0.6, 0.5]]))
ROWS = prepare(points_table("bell", TRUTH.sample(300, 0)[0], truth=TRUTH), PreparationSettings(), 0)
PIXELS = np.random.default_rng(0).integers(0, 256, (60, 6, 6, 1), np.uint8)
SPOTS = prepare(Pictures("spots", PIXELS, np.arange(60) % 2, ("a", "b")), PreparationSettings(), 0)
BOUNDS = ["elbo", "iwae", "reconstruction", "kl", "active_units"]


def fitted(data: Dataset, **settings: Any) -> Fitted:
    found = model("vae")(model("vae").Settings(**{"hidden_features": (8,), "channels": (4,), "warmup": 0, **settings}))
    for _ in found.fit(data, found.live_settings(), 0, Budget(steps=10, precision="float32")):  # type: ignore[arg-type]
        pass
    return Fitted(found, data.preparation)


def test_means_of_rows_in_data_units() -> None:
    found, judged = fitted(ROWS), from_dataset(ROWS)
    figures = evaluate(found, judged, seed=3, draws=20)
    assert [key for key in figures if key in BOUNDS] == BOUNDS
    values = found.log_prob_bound(judged.x, 20, 3)
    assert figures["iwae"].value == pytest.approx(values.mean())
    assert figures["iwae"].stderr == pytest.approx(values.std(ddof=1) / np.sqrt(len(values)))
    assert figures["iwae"].ideal == figures["elbo"].ideal == -TRUTH.entropy
    assert figures["iwae"].note == "A lower bound with 20 draws an item."
    assert figures["elbo"].value == pytest.approx(figures["reconstruction"].value - figures["kl"].value)
    assert figures["elbo"].value < figures["iwae"].value
    assert figures["bits_per_dim"].value == pytest.approx(-values.mean() / (2 * np.log(2)))
    assert "at most as high" in figures["bits_per_dim"].note


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"likelihood": "bernoulli"}, "no true probability"), ({"likelihood": "logistic"}, "256 intensities"),
        ({"binarize": True}, "black or white"),
    ],
)
def test_it_is_said_what_the_bound_of_pictures_is_of(settings: dict[str, Any], said: str) -> None:
    figures = evaluate(fitted(SPOTS, **settings), from_dataset(SPOTS), draws=3)
    assert said in figures["iwae"].note
    assert said in figures["elbo"].note
    assert ("bits_per_dim" in figures) == (settings.get("likelihood") == "logistic")
    if "bits_per_dim" in figures:
        assert figures["bits_per_dim"].value == pytest.approx(-figures["iwae"].value / (36 * np.log(2)))


def test_a_model_by_class_is_told_the_classes() -> None:
    found, judged = fitted(SPOTS, conditional=True), from_dataset(SPOTS)
    with_classes = evaluate(found, judged, ["iwae"], draws=5)["iwae"].value
    assert with_classes == pytest.approx(found.log_prob_bound(judged.x, 5, 0, judged.labels).mean())
    # In another file the same codes may mean something else.
    elsewhere = dataclasses.replace(judged, train=None)
    assert evaluate(found, elsewhere, ["iwae"], draws=5)["iwae"].value != with_classes


def test_models_that_know_their_density_have_no_bound() -> None:
    reasons = unsuitable(trained(ROWS), from_dataset(ROWS))
    assert set(BOUNDS) <= set(reasons)
    assert all(reasons[key].endswith(".") for key in BOUNDS)
    with pytest.raises(DataError, match="does not learn by a bound"):
        evaluate(trained(ROWS), from_dataset(ROWS), ["iwae"])
    assert "does not know its density" in unsuitable(fitted(ROWS), from_dataset(ROWS))["log_likelihood"]


def test_bounds_are_drawn_once_piece_by_piece_and_can_be_cancelled() -> None:
    found, judged = fitted(ROWS), from_dataset(ROWS)
    remembering, told = Remembering(found.model, found.preparation), []
    remembering.watch = lambda fraction, doing: told.append(fraction)
    first = remembering.log_prob_bound(judged.x, 10_000, 0)
    assert told == sorted(told)
    assert len(told) == len(judged.x) // 5
    assert remembering.log_prob_bound(judged.x, 10_000, 0) is first
    assert len(told) == len(judged.x) // 5

    def stop(fraction: float, doing: str) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(found, judged, ["iwae"], watch=stop, draws=10_000)


def test_fewer_items_are_spread_evenly() -> None:
    judged = from_dataset(SPOTS)
    few = thinned(judged, 4)
    assert len(few.x) == len(few.rows) == 4
    assert few.labels is not None
    assert few.rows[[0, -1]].tolist() == judged.rows[[0, -1]].tolist()
    assert thinned(judged, 10**6) is judged
