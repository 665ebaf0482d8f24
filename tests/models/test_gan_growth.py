"""What a game of pictures tells of how far its networks have grown."""

from __future__ import annotations

from typing import Any

import pytest

from genstudio.data.dataset import Dataset
from genstudio.models._gan_nets import GENERATOR
from genstudio.models.capabilities import Grows
from genstudio.models.gan import GenerativeAdversarialNetwork
from genstudio.settings import validate
from genstudio.training.events import LiveSettings
from tests.runs.judging import pictures


def begun(data: Dataset, **settings: Any) -> Any:
    """A game after its first step."""
    few = {"channels": (4, 8), "latent_dim": 4, "max_epochs": 1, "average": 0.0, "compiled": False, **settings}
    game = GenerativeAdversarialNetwork(validate(GenerativeAdversarialNetwork.Settings, few, "the test"))
    events = game.fit(data, LiveSettings(game.settings), 0)
    next(events)
    events.close()
    return game


def test_what_does_not_grow_says_so() -> None:
    game = begun(pictures())
    assert isinstance(game, Grows)
    assert game.growth() is None


@pytest.mark.parametrize(("share", "growth"), [
    (0.0, ((2, 2), (2, 2), 0.0)), (0.4375, ((3, 3), (6, 6), 0.5)), (1.0, ((6, 6), (6, 6), 0.0)),
])
def test_what_grows_tells_both_resolutions_and_the_share(share: float, growth: Any) -> None:
    game = begun(pictures(), progressive=True)
    assert game.growth() is not None
    game.nets[GENERATOR].grow(share)
    low, high, blended = game.growth()
    assert (low, high) == growth[:2]
    assert blended == pytest.approx(growth[2], abs=1e-3)
