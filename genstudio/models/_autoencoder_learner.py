"""How autoencoders descend: the bound, its two parts, and the alarm on collapse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from genstudio.models._autoencoder_net import AutoencoderNet, Drawn, kl_to_prior
from genstudio.models._autoencoder_settings import AutoencoderSettings
from genstudio.models._collapse import PATIENCE_STEPS, Collapse
from genstudio.models._deep import ROWS, pieces
from genstudio.models._one_net import FORGOTTEN, NET, BatchedItems, OneNetLearner, withheld
from genstudio.training.descent import Batch
from genstudio.training.events import LiveSettings, Note

ACTIVE = 0.01
"""A coordinate is active when its posterior mean varies by more over the items (Burda et al., 2016)."""


class BoundLearner(OneNetLearner[AutoencoderNet]):
    """Trains the network of an autoencoder on items, raising the evidence lower bound.

    Arguments:
        items: those to learn from and those held out, as the network takes them.
        log_det: what turns a likelihood of the network's units into one of model units, nats an item.
    """

    def __init__(
        self, net: AutoencoderNet, settings: AutoencoderSettings, live: LiveSettings,
        items: tuple[BatchedItems, BatchedItems], log_det: float,
    ) -> None:
        super().__init__(net, items)
        self._settings, self._live, self._log_det = settings, live, log_det
        self._active = sum(net.levels)
        self._level_kl: list[float] = []
        self._collapse = Collapse()

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The negative bound, its KL term weighted."""
        x, given = self._train.take(batch.rows)
        x = self._black_or_white(x, batch.draw)
        given = withheld(given, FORGOTTEN, batch.draw)
        explained, drawn = self._terms(x, given, batch.draw)
        reconstruction, kl = explained.mean(), kl_to_prior(drawn).mean(0)
        weight = self._kl_weight(batch.step)
        yield NET, -reconstruction + weight * kl.clamp(min=self._settings.free_bits).sum()
        self._level_kl = [float(level.sum()) for level in torch.split(kl.detach(), list(self._net.levels))]
        self._figures = {**self._parts(float(reconstruction.detach()), sum(self._level_kl)), "beta": weight}
        self._figures |= self._levels(self._level_kl)
        self._collapse.see(batch.step, sum(self._level_kl), weight, self._active)

    def validate(self, step: int) -> Mapping[str, float]:
        """The bound of the validation items, and how many latent coordinates carry anything."""
        items = self._valid if len(self._valid) else self._train
        count = len(items) if items is self._valid else min(len(items), 4 * ROWS)
        draw = torch.Generator(items.device).manual_seed(0)
        explained, kl, means = [], [], []
        for part in pieces(count):
            x, given = items.take(torch.arange(part.start, part.stop, device=items.device))
            found, drawn = self._terms(self._black_or_white(x, draw), given, draw)
            explained.append(found)
            kl.append(kl_to_prior(drawn).sum(1))
            means.append(drawn.mean)
        self._active = int((torch.cat(means).var(0) > ACTIVE).sum()) if count > 1 else 0
        active = {"active_units": float(self._active)}
        if items is not self._valid:
            return active
        parts = self._parts(float(torch.cat(explained).mean()), float(torch.cat(kl).mean()))
        return active | {
            "valid": parts["train"], "valid_reconstruction": parts["reconstruction"], "valid_kl": parts["kl"],
        }

    def remarks(self, step: int) -> Iterator[Note]:
        """The alarm on a posterior that has collapsed, and a word on levels that carry nothing, once each."""
        if not self._level_kl:
            return
        if self._collapse.certain:
            yield from self._once(Note(
                "alarm",
                f"The latent space carries nothing ({sum(self._level_kl):.2g} nats): every item is decoded alike, "
                "whatever it is (posterior collapse).",
                "Lower β, let the KL weight rise slowly (KL warm-up), or grant some free bits.", "collapsed",
            ))
        elif min(self._level_kl) < ACTIVE and step >= self._settings.kl_warmup + PATIENCE_STEPS:
            level = len(self._level_kl) - int(np.argmin(self._level_kl))
            yield from self._once(Note(
                "info", f"Level {level} of {len(self._level_kl)} carries nothing; the others do without it.",
                "Take fewer levels, a longer KL warm-up, or grant some free bits.", "unused level",
            ))

    def _terms(self, x: Tensor, given: Tensor, draw: torch.Generator) -> tuple[Tensor, Drawn]:
        """log p(x | z) of one draw, (N,), and what it was drawn from."""
        noise = torch.randn(len(x), sum(self._net.levels), generator=draw, device=x.device)
        drawn = self._net.draw(self._net.features(x, given), given, noise)
        return self._net.reconstruction(x, drawn.z, given), drawn

    def _parts(self, reconstruction: float, kl: float) -> dict[str, float]:
        reconstruction += self._log_det
        return {"train": reconstruction - kl, "reconstruction": reconstruction, "kl": kl}

    def _levels(self, kl: list[float]) -> dict[str, float]:
        """The KL term of each level, the one nearest the data being the first."""
        return {f"kl_{len(kl) - place}": value for place, value in enumerate(kl)} if len(kl) > 1 else {}

    def _kl_weight(self, step: int) -> float:
        rising = min(1.0, step / self._settings.kl_warmup) if self._settings.kl_warmup else 1.0
        return float(self._live["beta"]) * rising

    def _black_or_white(self, x: Tensor, draw: torch.Generator) -> Tensor:
        if not self._settings.binarize:
            return x
        # Comparing takes three quarters of the time of torch.bernoulli.
        return (torch.rand(x.shape, generator=draw, device=x.device) < x).float()
