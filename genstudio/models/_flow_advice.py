"""What is recommended for flows of tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset
from genstudio.models._flow_settings import FlowSettings
from genstudio.models._flow_start import components

STEPS = 4000
"""So many steps are enough for most tables, and take a minute or so."""
MANY_ROWS = 10_000
"""Fewer rows are learned by heart by larger layers before those have drawn anything finer."""


def for_tables(data: Dataset) -> dict[str, Any]:
    """A mixture as base, of as many Gaussians as the rows call for, and a few layers that bend what those leave.

    Many layers that have to draw clusters by themselves learn the noise of the rows by heart.
    """
    rows = len(data.train)
    steps_an_epoch = -(-rows // FlowSettings().items_a_step(rows))
    found: dict[str, Any] = {"max_epochs": int(np.clip(STEPS // steps_an_epoch, 10, 1000))}
    n_components = components(data)
    if n_components > 1:
        found |= {"base_components": n_components}
    else:
        found |= {"base": "gaussian", "transforms": 8}
    return found if rows >= MANY_ROWS else found | {"bins": 8, "hidden_features": (32, 32), "octaves": 3}
