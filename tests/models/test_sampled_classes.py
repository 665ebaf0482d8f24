"""Samples of a model that learned classes."""

from __future__ import annotations

import numpy as np

from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.models.capabilities import Samples
from genstudio.models.registry import model
from genstudio.training.budget import Budget


def test_who_asks_for_no_class_is_given_items_of_any() -> None:
    codes = np.arange(300) % 2
    pixels = np.broadcast_to((255 * codes).astype(np.uint8)[:, None, None, None], (300, 4, 4, 1)).copy()
    data = prepare(Pictures("black and white", pixels, codes, ("black", "white")), PreparationSettings(), 0)
    family = model("vae")
    learner = family(family.Settings(
        conditional=True, architecture="mlp", hidden_features=(16,), max_epochs=40, learning_rate=0.02
    ))
    for _ in learner.fit(data, learner.live_settings(), 0, Budget(batch_size=50)):
        pass
    assert isinstance(learner, Samples)
    bright = [learner.sample(200, 0, condition=condition)[0].mean(axis=(1, 2, 3)) for condition in (0, 1, None)]
    black, white, either = ((found > 0.5).mean() for found in bright)
    assert black < 0.1
    assert white > 0.9
    assert 0.3 < either < 0.7
