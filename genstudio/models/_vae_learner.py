"""How a variational autoencoder descends: the bound, its two parts, and the alarm on collapse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.models._deep import ROWS, pieces
from genstudio.models._vae_nets import VaeNet, kl_to_prior, one_hot
from genstudio.training.descent import Batch
from genstudio.training.events import LiveSettings, Note

if TYPE_CHECKING:
    from genstudio.models.vae import VaeSettings

ACTIVE = 0.01
"""A coordinate is active when its posterior mean varies by more over the items (Burda et al., 2016)."""
FORGOTTEN = 0.1
"""Share of items whose class is withheld, so that the model also knows items of an unknown class."""
COLLAPSED_NATS = 0.1
PATIENCE_STEPS = 500


class VaeLearner:
    """Trains a `VaeNet` on the items of a data set."""

    def __init__(
        self, net: VaeNet, settings: VaeSettings, data: Dataset, live: LiveSettings, device: torch.device
    ) -> None:
        self._net, self._settings, self._live = net, settings, live
        self._train = _Items(data.train, None if data.labels is None else data.labels.train, net.n_classes, device)
        self._valid = _Items(data.valid, None if data.labels is None else data.labels.valid, net.n_classes, device)
        self._figures: dict[str, float] = {}
        self._alarmed = False
        self._active = settings.latent_dim
        self._kl = float("inf")

    @property
    def nets(self) -> Mapping[str, nn.Module]:
        """The one network."""
        return {"vae": self._net}

    @property
    def items(self) -> int:
        """Training items."""
        return len(self._train)

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """The negative bound, its KL term weighted."""
        x, given = self._train.take(batch.rows)
        x = self._drawn(x, batch.draw)
        if self._net.n_classes:
            given = given * (torch.rand(len(x), 1, generator=batch.draw, device=x.device) > FORGOTTEN)
        mean, log_var = self._net.encode(x, given)
        noise = torch.randn(mean.shape, generator=batch.draw, device=x.device)
        explained = self._net.reconstruction(x, mean + torch.exp(0.5 * log_var) * noise, given).mean()
        kl = kl_to_prior(mean, log_var).mean(0)
        weight = self._kl_weight(batch.step)
        yield "vae", -explained + weight * kl.clamp(min=self._settings.free_bits).sum()
        total = float(kl.detach().sum())
        reconstruction = float(explained.detach())
        self._kl = total
        self._figures = {
            "train": reconstruction - total, "reconstruction": reconstruction, "kl": total, "beta": weight,
        }

    def figures(self) -> Mapping[str, float]:
        """The bound of the last batch, nats per item, and its two parts."""
        return self._figures

    def validate(self, step: int) -> Mapping[str, float]:
        """The bound of the validation items, and how many latent coordinates carry anything."""
        items = self._valid if len(self._valid) else self._train
        draw = torch.Generator(items.device).manual_seed(0)
        explained, kl, means = [], [], []
        for part in pieces(len(items) if items is self._valid else min(len(items), 4 * ROWS)):
            x, given = items.take(torch.arange(part.start, part.stop, device=items.device))
            x = self._drawn(x, draw)
            mean, log_var = self._net.encode(x, given)
            noise = torch.randn(mean.shape, generator=draw, device=x.device)
            explained.append(self._net.reconstruction(x, mean + torch.exp(0.5 * log_var) * noise, given))
            kl.append(kl_to_prior(mean, log_var).sum(1))
            means.append(mean)
        self._active = int((torch.cat(means).var(0) > ACTIVE).sum()) if len(items) > 1 else 0
        figures = {"active_units": float(self._active)}
        if items is self._valid:
            reconstruction, divergence = float(torch.cat(explained).mean()), float(torch.cat(kl).mean())
            figures |= {
                "valid": reconstruction - divergence, "valid_reconstruction": reconstruction, "valid_kl": divergence,
            }
        return figures

    def remarks(self, step: int) -> Iterator[Note]:
        """The alarm on a posterior that has collapsed, once."""
        if self._alarmed or step < max(PATIENCE_STEPS, self._settings.kl_warmup + PATIENCE_STEPS):
            return
        if self._kl < COLLAPSED_NATS or self._active == 0:
            self._alarmed = True
            yield Note(
                "alarm",
                f"The latent space carries nothing ({self._kl:.2g} nats): every item is decoded alike, whatever it is "
                "(posterior collapse).",
                "Lower β, let the KL weight rise slowly (KL warm-up), or grant some free bits.", "collapsed",
            )

    def _kl_weight(self, step: int) -> float:
        rising = min(1.0, step / self._settings.kl_warmup) if self._settings.kl_warmup else 1.0
        return float(self._live["beta"]) * rising

    def _drawn(self, x: Tensor, draw: torch.Generator) -> Tensor:
        return torch.bernoulli(x, generator=draw) if self._settings.binarize else x


class _Items:
    """Items on a device, and their classes as they are given to the network; bytes stay bytes."""

    def __init__(
        self, x: np.ndarray, codes: np.ndarray | None, n_classes: int, device: torch.device
    ) -> None:
        self.device = device
        self._x = torch.from_numpy(np.ascontiguousarray(x)).to(device)
        if self._x.dtype != torch.uint8:
            self._x = self._x.float()
        codes = np.full(len(x), -1) if codes is None or not n_classes else codes
        self._codes = torch.from_numpy(np.asarray(codes, np.int64)).to(device)
        self._n_classes = n_classes

    def __len__(self) -> int:
        return len(self._x)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Items in model units, and their classes as rows of 0 and 1."""
        x = self._x[rows]
        x = x.float() / 255 if x.dtype == torch.uint8 else x
        return x, one_hot(self._codes[rows], self._n_classes).to(self.device)
