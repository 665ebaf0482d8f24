"""Games that are worth a look, by title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # Of pictures; 16 passes are the 30,000 batches or so that such books train for.
    "Textbook (DCGAN)": {
        "architecture": "textbook", "channels": (64, 128), "latent_dim": 100, "loss": "non_saturating", "r1": 0.0,
        "r2": 0.0, "learning_rate": 2e-4, "discriminator_rate": 2e-4, "beta1": 0.5, "beta2": 0.999, "average": 0.0,
        "schedule": "constant", "warmup": 0, "clip_norm": 0.0, "keep_best": False, "max_epochs": 16,
    },
    # Without a penalty the discriminator is chased from mode to mode by a generator ten times as fast.
    "Collapses (to be cured)": {
        "loss": "non_saturating", "r1": 0.0, "r2": 0.0, "average": 0.0, "waves": 0, "beta1": 0.9,
        "learning_rate": 1e-3, "discriminator_rate": 1e-4,
    },
}
