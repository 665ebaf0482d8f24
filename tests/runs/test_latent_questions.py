"""What is asked of a latent space, of a small autoencoder of rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.errors import TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Answer, Subject, answer
from genstudio.runs.questions import latent
from tests.runs.duel import Duel


@pytest.fixture(scope="module")
def subject() -> Subject:
    """An autoencoder of three coordinates, by class, that has gone twice through two clouds."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    x = rng.normal(size=(120, 2)) + 4.0 * labels[:, None]
    table = points_table("clouds", x, labels, levels=["low", "high"])
    data = prepare(table, PreparationSettings(scaling="standard"), 0)
    family = model("vae")
    learner = family(family.Settings(latent_dim=3, hidden_features=(8,), max_epochs=2, conditional=True))
    for _ in learner.fit(data, learner.live_settings(), 0):
        pass
    return Subject(Fitted(learner, data.preparation), data)


def asked(subject: Subject, name: str, **arguments: object) -> Answer:
    return answer(name, subject, arguments, unwatched)


def test_the_space_says_how_large_it_is(subject: Subject) -> None:
    found = asked(subject, "latent_space")
    assert (int(found["latent_dim"]), int(found["n_conditions"])) == (3, 2)


def test_items_lie_where_they_are_encoded(subject: Subject) -> None:
    data, found = subject.items(), asked(subject, "latent_items", most=20)
    assert found["z"].shape == (20, 3)
    x = data.preparation.to_data(data.train)[np.isin(data.rows[0], found["row"])]
    again = asked(subject, "encode", x=x, labels=found["label"])
    np.testing.assert_allclose(found["z"], again["z"], rtol=1e-6)
    expected = 0.5 * (found["z"]**2 + found["deviation"]**2 - 1) - np.log(found["deviation"])
    np.testing.assert_allclose(found["kl"], expected.mean(axis=0))


@pytest.mark.parametrize("bounds", [None, (-2.0, 1.0, 0.0, 4.0)])
def test_a_manifold_is_the_decoding_of_its_grid(subject: Subject, bounds: tuple[float, ...] | None) -> None:
    centre = np.array([0.0, 0.7, 0.0])
    found = asked(subject, "manifold", n=5, axes=(2, 0), centre=centre, bounds=bounds, condition=1)
    z = np.tile(centre, (25, 1))
    z[:, 2], z[:, 0] = np.tile(found["first"], 5), np.repeat(found["second"], 5)
    np.testing.assert_allclose(found["x"], asked(subject, "decode", z=z, condition=1)["x"], rtol=1e-6)
    if bounds is None:
        np.testing.assert_allclose(norm.cdf(found["first"]), np.linspace(0.05, 0.95, 5))
        assert np.isnan(found["bounds"]).all()
    else:
        assert (found["first"][0], found["first"][-1]) == pytest.approx((-1.7, 0.7))
        assert (found["second"][0], found["second"][-1]) == pytest.approx((3.6, 0.4))


def test_directions_tell_the_classes_apart(subject: Subject) -> None:
    found, items = asked(subject, "directions"), asked(subject, "latent_items")
    np.testing.assert_allclose(found["class_means"][1], items["z"][items["label"] == 1].mean(axis=0))
    assert found["class_counts"].sum() == len(items["z"])
    assert (np.diff(found["deviations"]) <= 0).all()


def test_without_data_items_cannot_be_shown_but_points_can_be_decoded(subject: Subject) -> None:
    bare = Subject(subject.fitted, None)
    assert asked(bare, "decode", z=np.zeros((1, 3)))["x"].shape == (1, 2)
    with pytest.raises(TrainingError, match="not at hand"):
        asked(bare, "latent_items")


def test_what_must_search_for_items_looks_for_fewer(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent, "SEARCHED", 10)
    data = subject.items()
    searching = Subject(Fitted(Duel(), data.preparation), data)
    assert asked(searching, "latent_items")["z"].shape == (10, 2)
    assert len(asked(searching, "latent_items", most=4)["z"]) == 4
    assert len(asked(subject, "latent_items")["z"]) == len(data.train)
