from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.errors import TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Answer, Subject, answer
from genstudio.training.budget import Budget
from genstudio.training.events import LiveSettings

BOUNDS = (-40.0, 60.0, -4000.0, 6000.0)


def asked(subject: Subject, name: str, **arguments: Any) -> Answer:
    return answer(name, subject, arguments, unwatched)


def autoencoder(x: np.ndarray[Any, Any]) -> Subject:
    """A small autoencoder of a table, trained for a moment."""
    data = prepare(points_table("cloud", x), PreparationSettings(scaling="standard"), 0)
    family = model("vae")
    learner = family(family.Settings(max_epochs=40, hidden_features=(16,)))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(batch_size=100)):
        pass
    return Subject(Fitted(learner, data.preparation), data)


@pytest.fixture(scope="module")
def cloud() -> Subject:
    return autoencoder(np.random.default_rng(1).normal(0, 1, (400, 2)) * [4.0, 400.0])


def test_a_bound_over_a_grid_holds_no_more_than_all_probability(cloud: Subject) -> None:
    found = asked(cloud, "bound_grid", bounds=BOUNDS, shape=(60, 50), k=32)
    assert found["log_prob_bound"].shape == (50, 60)
    cell = 100.0 / 60 * 10_000.0 / 50
    assert 0.5 < np.exp(found["log_prob_bound"]).sum() * cell < 1.1
    assert found["bounds"].tolist() == list(BOUNDS)


def test_more_draws_lift_the_bound(cloud: Subject) -> None:
    x = cloud.items().preparation.to_data(cloud.items().train)
    one, many = (asked(cloud, "log_prob_bound", x=x, k=k)["log_prob_bound"] for k in (1, 64))
    # A round cloud needs no latent code, so that the bound is nearly tight: the lift is seen beside the draws' noise.
    error = (many - one).std() / np.sqrt(len(x))
    assert (many - one).mean() > -3 * error
    assert many.std() < one.std() + 3 * error


def test_a_bound_along_one_column() -> None:
    subject = autoencoder(np.random.default_rng(2).normal(3, 2, (400, 1)))
    found = asked(subject, "bound_line", bounds=(-12.0, 18.0), n=301, k=32)
    assert found["x"][[0, -1]].tolist() == [-12.0, 18.0]
    assert 0.5 < np.trapezoid(np.exp(found["log_prob_bound"]), found["x"]) < 1.1


def test_a_model_with_an_exact_density_has_no_bound(cloud: Subject) -> None:
    data = cloud.items()
    family = model("gmm")
    exact = family(family.Settings(n_components=1))
    for _ in exact.fit(data, LiveSettings(), 0):
        pass
    with pytest.raises(TrainingError, match="cannot bound its likelihood"):
        asked(Subject(Fitted(exact, data.preparation), data), "bound_grid", bounds=BOUNDS, shape=(4, 4))
