"""How flows of pictures are learned where that differs from flows of tables."""

from __future__ import annotations

from typing import Any

from genstudio.data.dataset import Dataset
from genstudio.models._autoencoder_settings import passes
from genstudio.models._flow_settings import FlowSettings

BATCH = 64


class PictureFlowSettings(FlowSettings):
    """The settings of a flow, as flows of pictures take them."""

    def items_a_step(self, items: int) -> int:
        """Few: a picture has many pixels to learn from."""
        return BATCH


def for_pictures(data: Dataset) -> dict[str, Any]:
    """What suits pictures: many bins, and as many passes as take a few minutes."""
    return {"bins": 32, "learning_rate": 3e-3, "clip_norm": 500.0, "max_epochs": passes(200_000, data, least=5)}
