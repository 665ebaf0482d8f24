"""Whether a latent space carries nothing for good, or only not yet."""

from __future__ import annotations

COLLAPSED_NATS = 0.01
PATIENCE_STEPS = 300
HEAVY = 0.5
"""Under a lighter KL term, what carries nothing has not been tried yet."""
_SMOOTHING = 0.05
_FALLING, _RISING = 0.9, 1.5
_FLOOR_NATS = 3e-3
"""Below that a KL term is noise, whose ups and downs say nothing."""


class Collapse:
    """Watches the KL term of a training.

    At first the KL term of many a model falls, as the decoder knows nothing to do with a code; it rises again once
    decoder and encoder have found one another. Collapsed is what has stayed low and has neither fallen nor risen.
    """

    def __init__(self) -> None:
        self._kl: float | None = None
        self._level = 0.0
        self._since = self._step = 0

    @property
    def certain(self) -> bool:
        """Whether the KL term has settled near zero for long enough."""
        return self._step - self._since >= PATIENCE_STEPS

    def see(self, step: int, kl: float, weight: float, active: int) -> None:
        """Take up one step.

        Arguments:
            kl: of this step, nats per item.
            weight: of the KL term in the loss.
            active: latent coordinates that carry something, as last measured.
        """
        self._kl = kl if self._kl is None else self._kl + _SMOOTHING * (kl - self._kl)
        self._step, level = step, max(self._kl, _FLOOR_NATS)
        carrying = weight < HEAVY or (level >= COLLAPSED_NATS and active > 0)
        if carrying or not _FALLING * self._level <= level <= _RISING * self._level:
            self._level, self._since = level, step
