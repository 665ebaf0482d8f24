"""Questions on samples: what is drawn, what lies nearest, and how near that is among the data."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from genstudio.data.picture_preparation import prepare_pictures
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings
from genstudio.data.reader import unwatched
from genstudio.errors import SettingsError, TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.vae import VaeSettings, VariationalAutoencoder
from genstudio.runs.question import Subject, answer
from genstudio.runs.questions import samples
from genstudio.settings import Settings
from genstudio.training.budget import Budget
from tests.steered import Steerable


def subject(conditional: bool = False, at_hand: bool = True) -> Subject:
    """A small autoencoder of bright and dark pictures after two steps."""
    rng = np.random.default_rng(0)
    codes = np.arange(60) % 2
    pixels = (rng.integers(0, 100, (60, 8, 8, 1)) + 150 * codes[:, None, None, None]).astype(np.uint8)
    pixels[7] = pixels[9]
    data = prepare_pictures(
        Pictures("p", pixels, codes, ("dark", "bright")), PreparationSettings(valid=0.1, test=0.1), 0
    )
    model = VariationalAutoencoder(
        VaeSettings(architecture="mlp", hidden_features=(8,), conditional=conditional, max_epochs=50)
    )
    for _ in model.fit(data, model.live_settings(), 0, Budget(steps=2)):
        pass
    return Subject(Fitted(model, data.preparation), data if at_hand else None)


@pytest.mark.parametrize(("arguments", "asked"), [
    ({"n": 3, "seed": 2}, [3, 2, 1, -1, 0]),
    ({"n": 2, "seed": 1, "temperature": 0.5, "condition": 1}, [2, 1, 0.5, 1, 0]),
])
def test_an_answer_says_what_was_asked(arguments: dict[str, object], asked: list[float]) -> None:
    found = answer("sample", subject(conditional=True), arguments, unwatched)
    assert found["asked"].tolist() == asked
    assert found["x"].shape == (asked[0], 1, 8, 8)


def test_a_model_that_is_steered_draws_by_the_choices() -> None:
    asked = Subject(Fitted(Steerable(Settings()), subject().fitted.preparation), None)
    found = answer("sample", asked, {"n": 2, "seed": 0, "choices": {"steps": 3}}, unwatched)
    usual = answer("sample", asked, {"n": 2, "seed": 0}, unwatched)["asked"]
    assert found["asked"][:4].tolist() == usual[:4].tolist()
    assert found["asked"][4] != usual[4] == 0, "it says which choices it is of"
    with pytest.raises(SettingsError, match="did you mean `steps`"):
        answer("sample", asked, {"n": 2, "seed": 0, "choices": {"step": 3}}, unwatched)


def test_choices_of_a_model_that_has_none_are_refused() -> None:
    with pytest.raises(TrainingError, match="asked in several ways"):
        answer("sample", subject(), {"n": 2, "seed": 0, "choices": {"steps": 3}}, unwatched)


@pytest.mark.parametrize(("conditional", "expected"), [(True, 2), (False, 0)])
def test_conditions_are_the_classes_that_were_learned(conditional: bool, expected: int) -> None:
    assert answer("conditions", subject(conditional), {}, unwatched)["n"].tolist() == [expected]


def test_the_nearest_item_comes_with_its_row_and_class() -> None:
    asked = subject()
    data = asked.items()
    assert data.labels is not None
    wanted = data.preparation.to_data(data.train[[3, 11]])
    found = answer("nearest", asked, {"x": wanted}, unwatched)
    np.testing.assert_allclose(found["distance"], 0, atol=1e-6)
    np.testing.assert_array_equal(found["x"], wanted)
    np.testing.assert_array_equal(data.train[[list(data.rows[0]).index(row) for row in found["row"]]],
                                  data.train[[3, 11]])
    assert found["label"].tolist() == data.labels.train[[3, 11]].tolist()
    assert len(found["own"]) == len(data.train)
    np.testing.assert_allclose(found["usual"], np.quantile(found["own"], [0.01, 0.5, 0.99]))


def test_distances_within_the_data_are_found_once_and_forgotten_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    asked, known = subject(), len(samples._OWN)
    first = answer("nearest", asked, {"x": asked.items().train[:1]}, unwatched)
    monkeypatch.setattr(samples, "own_distances", lambda *_: pytest.fail("found again"))
    second = answer("nearest", asked, {"x": asked.items().train[:1]}, unwatched)
    np.testing.assert_array_equal(first["own"], second["own"])
    assert len(samples._OWN) == known + 1
    del asked
    gc.collect()
    assert len(samples._OWN) == known


def test_without_data_there_is_a_sentence() -> None:
    with pytest.raises(TrainingError, match="not at hand"):
        answer("nearest", subject(at_hand=False), {"x": np.zeros((1, 1, 8, 8))}, unwatched)
