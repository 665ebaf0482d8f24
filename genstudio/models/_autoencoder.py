"""What variational autoencoders of any build answer: samples, bounds, latent points and what they stand for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.scaling import Scaling, Standard, Unscaled
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models._autoencoder_learner import BoundLearner
from genstudio.models._autoencoder_net import AutoencoderNet, kl_to_prior
from genstudio.models._autoencoder_settings import AutoencoderSettings, likelihood_name, unsuitable_likelihood
from genstudio.models._deep import DeepModel, Shape, pieces, tensor_of
from genstudio.models._one_net import NET, BatchedItems, classes_given
from genstudio.models._streams import Words, normals, streams, uniforms
from genstudio.models._suitability import FEWEST_ROWS, unsuitable_numbers
from genstudio.models.capabilities import Outcomes
from genstudio.models.contract import Array, Floats, Ints
from genstudio.training.events import LiveSettings

DECODED = 2048
"""So many latent points are decoded at once for a bound."""


class Autoencoder(DeepModel):
    """An encoder to a latent space and a decoder back, trained on a lower bound of the likelihood.

    Numbers are brought to mean 0 and deviation 1 before they reach the network, whatever their preparation.
    """

    settings: AutoencoderSettings

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        reason = super().unsuitable(data)
        if reason is not None:
            return reason
        title = f"A {cls.info.title[0].lower()}{cls.info.title[1:]}"
        if data.kind is Kind.TABLE:
            return unsuitable_numbers(data, title)
        if len(data.train) < FEWEST_ROWS:
            return f"{title} needs at least 2 pictures to learn from; {data.name} has {len(data.train)}."
        return None

    # Learning.

    @abstractmethod
    def make_net(self, shape: Shape, n_classes: int) -> AutoencoderNet:
        """The untrained network."""

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The one network."""
        return {NET: self.make_net(shape, n_classes)}

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> BoundLearner:
        """What descends the negative bound.

        Raises:
            TrainingError: the likelihood that was chosen does not suit the data.
        """
        if (reason := unsuitable_likelihood(self.settings, data)) is not None:
            raise TrainingError(reason)
        self.scaling = self._scaling_of(data.train)
        codes = (None, None) if data.labels is None else (data.labels.train, data.labels.valid)
        train, valid = (
            BatchedItems(self._inward(part), known, self.n_classes, device)
            for part, known in zip((data.train, data.valid), codes, strict=True)
        )
        return BoundLearner(self.net.to(device), self.settings, live, (train, valid), self._log_det)

    def state(self) -> dict[str, Array]:
        """Weights by name, the shape of an item, and the scaling of columns; empty before any learning."""
        found = super().state()
        if found and isinstance(self.scaling, Standard):
            found |= {"shift": self.scaling.shift.copy(), "scale": self.scaling.scale.copy()}
        return found

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        super().load_state(state)
        self.scaling = Unscaled()
        if state and self._scales(self.shape):
            shift, scale = (np.array(state.get(name, ()), np.float64) for name in ("shift", "scale"))
            if not (shift.shape == scale.shape == self.shape and np.isfinite(shift).all() and (scale > 0).all()):
                raise ArchiveError(f"What {self.info.title} has learned is damaged: its scaling.", "Train again.")
            self.scaling = Standard(shift, scale)

    # Answers.

    scaling: Scaling = Unscaled()

    @property
    def net(self) -> AutoencoderNet:
        """The network; built by `fit` or `load_state`."""
        return cast("AutoencoderNet", self.nets[NET])

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    def outcomes(self) -> Outcomes:
        """What the bound is a likelihood of."""
        name = likelihood_name(self.settings, self.shape)
        if name == "bernoulli":
            return "bits" if self.settings.binarize else "intensities"
        return "density" if name == "gaussian" else "bytes"

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space."""
        return sum(self._levels)

    @property
    @abstractmethod
    def _levels(self) -> tuple[int, ...]:
        """Coordinates of each level, the top one first."""

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n items, decoded from the prior: pictures as their means, rows with the noise that was learned."""
        draw = torch.Generator().manual_seed(seed)
        z = temperature * torch.randn(n, self.latent_dim, generator=draw)
        return self._invented(z, draw, temperature, condition), np.full(n, -1)

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted bound with k draws, nats, shape (N,), model units; with one draw the ELBO.

        The draws of an item hang on the item itself and the seed, not on the items beside it.
        """
        found = np.empty(len(x))
        with self.answering():
            for part in pieces(len(x), max(1, DECODED // k)):
                found[part] = self._bound(x[part], k, seed, self._given(labels, len(x), part))
        return found + self._log_det

    def bound_terms(self, x: Floats, seed: int, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """log p(x | z) of one draw, shape (N,), and the KL of each coordinate, shape (N, Z); nats, model units."""
        explained, kl = np.empty(len(x)), np.empty((len(x), self.latent_dim))
        with self.answering():
            for part in pieces(len(x)):
                items, stream = self._drawn_items(x[part], seed)
                given = self._given(labels, len(x), part)
                noise = torch.from_numpy(normals(stream, self.latent_dim)).to(self._device)
                drawn = self.net.draw(self.net.features(items, given), given, noise)
                explained[part] = self.net.reconstruction(items, drawn.z, given).double().cpu().numpy()
                kl[part] = kl_to_prior(drawn).double().cpu().numpy()
        return explained + self._log_det, kl

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Means and deviations of the posterior, each shape (N, Z)."""
        found = np.empty((2, len(x), self.latent_dim))
        with self.answering():
            for part in pieces(len(x)):
                given = self._given(labels, len(x), part)
                features = self.net.features(self._tensor(x[part]), given)
                drawn = self.net.draw(features, given, features.new_zeros(len(features), self.latent_dim))
                found[0, part] = drawn.mean.double().cpu().numpy()
                found[1, part] = (0.5 * drawn.log_var).exp().double().cpu().numpy()
        return found[0], found[1]

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The mean item of each latent point, shape (N, *item), model units."""
        return self._piecewise(
            len(z), lambda part: self.net.mean(tensor_of(z[part], self._device), self._given(labels, len(z), part))
        )

    def anomaly_score(self, x: Floats) -> Floats:
        """Negative ELBO, nats, shape (N,), model units."""
        return -self.log_prob_bound(x, 1, seed=0)

    def contributions(self, x: Floats) -> Floats:
        """How badly each coordinate is reconstructed, shape (N, D), nats, model units."""
        mean, _ = self.encode(x)
        found = self._piecewise(
            len(x), lambda part: -self.net.explain(
                self._tensor(x[part]), tensor_of(mean[part], self._device), self._given(None, len(x), part)
            ), scaled=False,
        )
        logs = np.log(self.scaling.scale) if isinstance(self.scaling, Standard) else np.zeros(1)
        return found.reshape(len(x), -1) + logs

    # Within.

    def _invented(self, z: Tensor, draw: torch.Generator, temperature: float, condition: int | None) -> Floats:
        labels = self._wanted(condition, len(z), draw)
        return self._piecewise(
            len(z), lambda part: self.net.invent(
                z[part].to(self._device), self._given(labels, len(z), part), draw, temperature
            ),
        )

    def _piecewise(self, count: int, made: Callable[[slice], Tensor], scaled: bool = True) -> Floats:
        """Items made piece by piece, shape (count, *item), model units where they are scaled."""
        found = np.empty((count, *self.shape))
        with self.answering():
            for part in pieces(count):
                found[part] = made(part).double().cpu().numpy()
        return self.scaling.inverse(found) if scaled else found

    def _bound(self, x: Floats, k: int, seed: int, given: Tensor) -> Floats:
        items, stream = self._drawn_items(x, seed)
        noise = torch.from_numpy(normals(stream, k * self.latent_dim)).view(len(x), k, -1).transpose(0, 1)
        logs = [
            self.net.log_weights(items, given, noise[part].to(self._device)).double()
            for part in pieces(k, max(1, DECODED // len(x)))
        ]
        bound: Floats = (torch.logsumexp(torch.cat(logs), dim=0) - np.log(k)).cpu().numpy()
        return bound

    def _drawn_items(self, x: Floats, seed: int) -> tuple[Tensor, Words]:
        """Items as the network takes them, drawn black or white where it learns them so; and their streams."""
        items = self._tensor(x)
        stream = streams(items.cpu().numpy(), seed)
        if self.settings.binarize:
            drawn = uniforms(stream, int(np.prod(self.shape))).reshape(items.shape)
            items = (torch.from_numpy(drawn).to(self._device) < items).float()
        return items, stream

    def _scales(self, shape: Shape) -> bool:
        return len(shape) == 1 and likelihood_name(self.settings, shape) == "gaussian"

    def _scaling_of(self, x: Array) -> Scaling:
        return Standard.fit(x, ()) if self._scales(x.shape[1:]) else Unscaled()

    @property
    def _log_det(self) -> float:
        return float(self.scaling.log_det(np.zeros((1, *self.shape)))[0])

    def _inward(self, x: Array) -> Array:
        return x if x.dtype == np.uint8 else self.scaling.forward(x)

    def _tensor(self, x: Array) -> Tensor:
        return tensor_of(self._inward(x), self._device)

    @property
    def _device(self) -> torch.device:
        return next(self.net.parameters()).device

    def _given(self, labels: Ints | None, count: int, part: slice) -> Tensor:
        return classes_given(labels, count, self.n_classes)[part].to(self._device)
