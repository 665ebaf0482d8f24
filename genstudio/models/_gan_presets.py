"""Games that are worth a look, by title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BARE: Mapping[str, Any] = {"r1": 0.0, "r2": 0.0, "beta1": 0.5, "learning_rate": 1e-3, "discriminator_rate": 1e-3}

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "Original game (minimax)": {**_BARE, "loss": "minimax", "average": 0.0},
    "Plain game (non-saturating)": {**_BARE, "loss": "non_saturating", "average": 0.0},
    "Wasserstein with gradient penalty": {
        **_BARE, "loss": "wasserstein", "gradient_penalty": 0.1, "discriminator_steps": 5, "beta1": 0.0, "beta2": 0.9,
    },
    "Hinge with spectral norm": {**_BARE, "loss": "hinge", "spectral_norm": True, "beta1": 0.0, "beta2": 0.9},
    # Of pictures; 16 passes are the 30,000 batches or so that such books train for.
    "Textbook (DCGAN)": {
        "architecture": "textbook", "channels": (64, 128), "latent_dim": 100, "loss": "non_saturating", "r1": 0.0,
        "r2": 0.0, "learning_rate": 2e-4, "discriminator_rate": 2e-4, "beta1": 0.5, "beta2": 0.999, "average": 0.0,
        "schedule": "constant", "warmup": 0, "clip_norm": 0.0, "keep_best": False, "max_epochs": 16,
    },
    # Without a penalty the discriminator is chased from mode to mode by a generator ten times as fast.
    "Collapses (to be cured)": {
        "loss": "non_saturating", "r1": 0.0, "r2": 0.0, "average": 0.0, "waves": 0, "latent_waves": 0,
        "generator_features": (), "beta1": 0.9, "learning_rate": 1e-3, "discriminator_rate": 1e-4,
    },
}
