"""The game over pictures: each build of its networks goes on where it was left, and learns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch

from genstudio.data.dataset import Dataset
from genstudio.models._gan_presets import PRESETS
from genstudio.models._gan_settings import PictureGanSettings, picture_channels
from genstudio.models.gan import GenerativeAdversarialNetwork
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Event, Progress

MakeDataset = Callable[..., Dataset]
TEXTBOOK = PRESETS["Textbook (DCGAN)"]
BUILDS: dict[str, dict[str, Any]] = {
    "residual": {}, "textbook": {"architecture": "textbook"}, "progressive": {"progressive": True},
    "spectral norm": {"spectral_norm": True, "loss": "hinge", "r1": 0.0, "r2": 0.0},
    "packed": {"pack": 2, "minibatch_stddev": True},
}
builds = pytest.mark.parametrize("build", BUILDS)


def game(**changes: Any) -> GenerativeAdversarialNetwork:
    kind = GenerativeAdversarialNetwork
    return kind(validate(kind.Settings, {"latent_dim": 4, "channels": (4, 6), "warmup": 0, **changes}, "the game"))


def played(model: GenerativeAdversarialNetwork, data: Dataset, steps: int) -> Iterator[Event]:
    return model.fit(data, model.live_settings(), 0, Budget(steps=steps, batch_size=16, precision="float32"))


@builds
def test_a_game_goes_on_as_if_it_had_never_been_left(build: str, pictures: MakeDataset) -> None:
    data, steps = pictures(40, 7, 9), 5
    whole = game(**BUILDS[build])
    list(played(whole, data, steps))
    first = game(**BUILDS[build])
    playing = played(first, data, steps)
    for event in islice(playing, 4):
        reached = event.step if isinstance(event, Progress) else 0
    playing.close()  # type: ignore[attr-defined]
    assert reached < steps
    other = game(**BUILDS[build])
    other.load_state(first.state())
    other.load_checkpoint(first.checkpoint())
    list(played(other, data, steps))
    for name, array in whole.state().items():
        np.testing.assert_array_equal(array, other.state()[name], name)


@builds
def test_asking_changes_nothing(build: str, pictures: MakeDataset) -> None:
    data, model = pictures(40), game(**BUILDS[build])
    list(played(model, data, 2))
    before, (made, _) = model.state(), model.sample(6, 0)
    assert made.shape == (6, 1, 8, 8)
    assert made.min() >= 0
    assert made.max() <= 1
    model.verdict(made)
    np.testing.assert_array_equal(model.sample(6, 0)[0], made)
    for name, array in before.items():
        np.testing.assert_array_equal(array, model.state()[name], name)


@pytest.mark.parametrize("build", ["residual", "textbook"])
def test_made_pictures_come_near_to_real_ones(build: str, pictures: MakeDataset) -> None:
    data = pictures(300, valid=0.2)
    model = game(channels=(8,), learning_rate=2e-3, discriminator_rate=2e-3, average=0.9, **BUILDS[build])
    told = [event.metrics["distance"] for event in played(model, data, 150)
            if isinstance(event, Progress) and "distance" in event.metrics]
    assert min(told) < 0.5 * told[0]


def test_the_preset_is_the_textbook_s() -> None:
    settings = PictureGanSettings(**TEXTBOOK)
    assert settings.items_a_step(60_000) == 32
    assert settings.betas() == (0.5, 0.999)
    model = GenerativeAdversarialNetwork(settings)
    with torch.device("meta"):
        nets = model.build((1, 28, 28), 0)
    assert {name: sum(weight.numel() for weight in net.parameters()) for name, net in nets.items()} == {
        "generator": 855_809, "discriminator": 391_937,
    }


@pytest.mark.parametrize(("side", "channels"), [
    (1, (64,)), (8, (64,)), (16, (64,)), (28, (32, 64)), (32, (32, 64)), (64, (16, 32, 64)), (128, (16, 16, 32, 64)),
])
def test_larger_pictures_are_halved_more_often(side: int, channels: tuple[int, ...]) -> None:
    assert picture_channels(side) == channels
