"""How the learning rate goes on over a training."""

from __future__ import annotations

import math

from genstudio.training.descent_settings import DescentSettings


def rate_factor(settings: DescentSettings, step: int, horizon: int) -> float:
    """Factor of the learning rate at a step, 0 to 1.

    Arguments:
        step: the step about to be taken, from 1.
        horizon: the step at which a cosine reaches zero.
    """
    warm = min(1.0, step / settings.warmup) if settings.warmup else 1.0
    if settings.schedule == "constant":
        return warm
    after = max(0, step - 1 - settings.warmup) / max(1, horizon - settings.warmup)
    return warm * 0.5 * (1.0 + math.cos(math.pi * min(1.0, after)))
