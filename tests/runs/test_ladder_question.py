from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.errors import TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Subject, answer
from genstudio.training.budget import Budget


def subject(key: str, **settings: object) -> Subject:
    x = np.random.default_rng(0).normal(size=(60, 2)) * [1.0, 100.0]
    data = prepare(points_table("points", x), PreparationSettings(scaling="standard"), 0)
    learner = model(key)(model(key).Settings(**settings))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(steps=3, precision="float32")):
        pass
    return Subject(Fitted(learner, data.preparation), data)


def test_rows_hold_one_level_more_each() -> None:
    found = answer("levels", subject("ladder_vae", latent_dims=(2, 2, 1)), {"n": 9, "seed": 4}, unwatched)
    assert found["x"].shape == (3, 9, 2)
    assert found["fixed"].tolist() == [0, 1, 2]
    assert not np.array_equal(found["x"][0], found["x"][1])
    # Data units: the second column is a hundred times as wide.
    assert found["x"][..., 1].std() > 10 * found["x"][..., 0].std()


def test_models_without_levels_say_so() -> None:
    with pytest.raises(TrainingError, match="no latent levels"):
        answer("levels", subject("vae"), {"n": 2, "seed": 0}, unwatched)
