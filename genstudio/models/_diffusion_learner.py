"""How a velocity field is learned: it is held against the straight way from noise to an item, at any time between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn

from genstudio.models._deep import pieces
from genstudio.models._diffusion_pairing import paired
from genstudio.models._diffusion_settings import DiffusionSettings
from genstudio.models._diffusion_targets import mean_ways, same_class
from genstudio.models._one_net import NET, BatchedItems, OneNetLearner, withheld
from genstudio.training.descent import Batch
from genstudio.training.events import Note
from genstudio.training.objective import Objective

LATE = 2.0
"""Under late sampling the share of times within h of the data is the root of h of this order."""
EDGE = 1e-5
"""Shares nearer to 0 or 1 than this have no finite normal quantile."""
INACCURATE_NATS = 0.05
FIRST_LOOK = 1000
"""At this step, and at twice, four times ... as many, the solver is held against one of half the step length."""


class MatchingLearner(OneNetLearner[nn.Module]):
    """Trains a velocity field by conditional flow matching.

    References:
        Lipman, Chen, Ben-Hamu, Nickel, Le (2023): Flow matching for generative modeling.
        Liu, Gong, Liu (2023): Flow straight and fast.
        Esser et al. (2024): Scaling rectified flow transformers (times of a logit normal).

    Arguments:
        items: those to learn from and those held out; rows in standard units, pictures as intensities.
        standard: standard units of intensities (N, C, H, W), the second argument drawn between two bytes, 0 to 1.
        solver_error: how far a log-density changes where solver steps are doubled, nats; None where it is not asked.
    """

    def __init__(
        self, field: nn.Module, settings: DiffusionSettings, items: tuple[BatchedItems, BatchedItems],
        standard: Callable[[Tensor, Tensor], Tensor], solver_error: Callable[[], float] | None,
    ) -> None:
        super().__init__(field, items)
        self.objective = Objective(field)
        self._settings, self._standard = settings, standard
        self._solver_error = solver_error

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """How far the field is from the ways of the batch."""
        x, given = self._taken(self._train, batch.rows, batch.draw)
        told = withheld(given, self._settings.class_dropout, batch.draw)
        noise, time = self._drawn(x, batch.draw)
        if self._settings.pairing == "optimal":
            noise = paired(noise, x, told)
        said = self._said(x, noise, time, told)
        means = self._settings.mean_ways and self._settings.pairing == "independent" and x.dim() == 2
        target = mean_ways(x, noise, time, same_class(given, told)) if means else x - noise
        yield NET, _deviation(said, target, time).mean()
        # Told of the ways themselves, so that it compares with that of other items.
        self._figures = {"loss": float(_deviation(said.detach(), x - noise, time).mean())}

    def validate(self, step: int) -> Mapping[str, float]:
        """The loss over the validation items, from the same noise and at the same times whenever it is asked."""
        if not len(self._valid):
            return {}
        draw = torch.Generator(self._valid.device).manual_seed(0)
        found = []
        for part in pieces(len(self._valid)):
            rows = torch.arange(part.start, part.stop, device=self._valid.device)
            x, given = self._taken(self._valid, rows, draw)
            noise, time = self._drawn(x, draw)
            found.append(_deviation(self._said(x, noise, time, given), x - noise, time))
        return {"valid_loss": float(torch.cat(found).mean())}

    def remarks(self, step: int) -> Iterator[Note]:
        """A word where the default steps of the solver are too few for what was learned."""
        looks, rest = divmod(step, FIRST_LOOK)
        if self._solver_error is None or rest or looks & (looks - 1):
            return
        error = self._solver_error()
        if error > INACCURATE_NATS:
            self._solver_error = None
            yield Note(
                "warning", f"Log-densities change by about {error:.2g} nats a row where the solver takes twice as many "
                "steps: what was learned bends more than the usual steps can follow.",
                "Ask with more steps, or train longer: fields become smoother.", "solver",
            )

    def _taken(self, items: BatchedItems, rows: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
        """Items in standard units, and their classes; a byte stands for all intensities that round to it."""
        x, given = items.take(rows)
        if x.dim() == 2:
            return x, given
        return self._standard(x, torch.rand(x.shape, generator=draw, device=x.device)), given

    def _drawn(self, x: Tensor, draw: torch.Generator) -> tuple[Tensor, Tensor]:
        """Noise (N, *item), and times (N,) that are spread evenly over a batch."""
        noise = torch.randn(x.shape, generator=draw, device=x.device)
        first = torch.rand(1, generator=draw, device=x.device)
        share = (first + torch.arange(len(x), device=x.device) / len(x)) % 1
        return noise, self._time_of(share)

    def _time_of(self, share: Tensor) -> Tensor:
        """The time below which that share of times is drawn."""
        if self._settings.time_sampling == "logit_normal":
            return torch.sigmoid(torch.special.ndtri(share.clamp(EDGE, 1 - EDGE)))
        return 1 - (1 - share) ** LATE if self._settings.time_sampling == "late" else share

    def _said(self, x: Tensor, noise: Tensor, time: Tensor, given: Tensor) -> Tensor:
        """What the field says where items are on their way."""
        t = time.view(-1, *[1] * (x.dim() - 1))
        return self.objective((1 - t) * noise + t * x, time, given).float()


def _deviation(said: Tensor, target: Tensor, time: Tensor) -> Tensor:
    """The mean squared error of each item's velocity, (N,), in units of what the network is left to say."""
    return (time**2 + (1 - time) ** 2) * (said - target).square().flatten(1).mean(1)
