"""What is asked of a game of pictures, of one that is known by heart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.reader import unwatched
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Answer, Subject, answer
from tests.runs.judging import LOOKED_AT, SHAPE, Judging, pictures


def asked(model: Judging, data: Dataset | None, preparation: Any = None, **wish: Any) -> Answer:
    whom = Subject(Fitted(model, preparation or data.preparation), data)  # type: ignore[union-attr]
    return answer("game_pictures", whom, {"n": 9, "real": 4, "seed": 3, **wish}, unwatched)


def test_the_same_noise_gives_the_same_places_and_each_has_its_verdict() -> None:
    data, model = pictures(), Judging()
    first, again, other = (asked(model, data, seed=seed) for seed in (3, 3, 4))
    assert first["made"].shape == (9, *SHAPE)
    np.testing.assert_array_equal(first["made"], again["made"])
    assert np.abs(first["made"] - other["made"]).max() > 0.01
    np.testing.assert_allclose(first["made_verdict"], first["made"].mean(axis=(1, 2, 3)), atol=3e-3)
    assert int(other["seed"][0]) == 4
    model.taken = 50
    assert np.all(asked(model, data)["made"] > first["made"]), "the pictures go on as the model does"


def test_real_pictures_are_held_out_where_any_are() -> None:
    held_out, learned = asked(Judging(), pictures()), asked(Judging(), pictures(valid=0.0))
    assert held_out["held_out"][0]
    assert not learned["held_out"][0]
    for found in (held_out, learned):
        assert found["real"].shape == (4, *SHAPE)
        np.testing.assert_allclose(found["real_verdict"], np.where(found["real_label"] == 1, 0.8, 0.2), atol=1e-6)


def test_where_the_data_are_not_at_hand_there_are_no_real_ones() -> None:
    found = asked(Judging(), None, pictures().preparation, attention=True)
    assert found["real"].shape == (0, *SHAPE)
    assert found["real_attention"].shape == (0, *SHAPE)
    assert len(found["real_verdict"]) == len(found["real_label"]) == 0
    assert found["made_attention"].shape == (9, *SHAPE)


def test_what_a_verdict_hangs_on_is_told_when_it_is_asked_for() -> None:
    assert asked(Judging(), pictures())["made_attention"].shape == (0, *SHAPE)
    found = asked(Judging(), pictures(), attention=True)
    for part in ("made", "real"):
        maps = found[f"{part}_attention"]
        assert maps.shape == (len(found[part]), *SHAPE)
        assert np.all(maps[:, 0, LOOKED_AT[0], LOOKED_AT[1]] == 1.0), "the strongest place of each"
        assert np.all(np.delete(maps.reshape(len(maps), -1), LOOKED_AT[0] * 6 + LOOKED_AT[1], axis=1) == 0.125)


@pytest.mark.parametrize(("classes", "condition", "labels"), [
    (0, None, [-1] * 5), (2, None, [0, 1, 0, 1, 0]), (2, 1, [1] * 5),
])
def test_classes_are_taken_in_turn_or_as_wanted(classes: int, condition: int | None, labels: list[int]) -> None:
    found = asked(Judging(classes=classes), pictures(), n=5, condition=condition)
    assert found["made_label"].tolist() == labels
    if condition is not None:
        assert set(found["real_label"].tolist()) == {condition}


def test_a_model_that_grows_tells_how_far_it_is() -> None:
    assert len(asked(Judging(), pictures())["blend"]) == 0
    assert asked(Judging(grown=0.4), pictures())["blend"].tolist() == [3, 3, 6, 6, 0.4]
