"""Variational autoencoders: dense for points and tables, convolutional for pictures."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import nn

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._deep import ROWS, DeepModel, Shape, pieces, tensor_of
from genstudio.models._suitability import unsuitable_numbers
from genstudio.models._vae_learner import VaeLearner
from genstudio.models._vae_nets import VaeNet, one_hot
from genstudio.models.contract import Floats, Ints, ModelInfo
from genstudio.settings import setting
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.events import LiveSettings


class VaeSettings(DescentSettings):
    """How a variational autoencoder is built and learned."""

    latent_dim: int = setting(
        2, "Coordinates of the latent space. Two can be seen as a map; more explain the data better.", ge=1, le=512,
        label="Latent size",
    )
    architecture: Literal["auto", "mlp", "conv"] = setting(
        "auto", "Dense layers, or convolutions for pictures; auto takes convolutions for pictures."
    )
    hidden_features: tuple[int, ...] = setting(
        (256, 256), "Widths of the dense layers of the encoder; the decoder is its mirror.", label="Dense widths"
    )
    channels: tuple[int, ...] = setting((32, 64), "Channels of the convolutions, each of which halves the sides.")
    activation: Literal["relu", "silu", "gelu", "tanh"] = setting("relu", "What bends between layers.", advanced=True)
    likelihood: Literal["auto", "bernoulli", "gaussian", "logistic"] = setting(
        "auto", "How items scatter round a reconstruction: bernoulli for black and white, gaussian with a learned "
        "deviation, logistic for pictures of 256 intensities (bits per dimension). Auto: bernoulli for grey pictures, "
        "logistic for coloured ones, gaussian for numbers.",
    )
    beta: float = setting(
        1.0, "Weight of the KL term. Above 1 the latent space becomes tidier and reconstructions blurrier.", ge=0,
        le=1000, log=True, live=True, label="β (KL weight)",
    )
    kl_warmup: int = setting(
        0, "Over so many steps the KL weight rises from zero, which keeps the posterior from collapsing.", ge=0,
        le=10_000_000, label="KL warm-up", unit="steps", advanced=True,
    )
    free_bits: float = setting(
        0.0, "Nats that each latent coordinate may carry for nothing.", ge=0, le=100, unit="nats", advanced=True
    )
    binarize: bool = setting(
        False, "Pixels are drawn black or white by their intensity, anew at each step.", advanced=True
    )
    conditional: bool = setting(
        False, "Learn what each class looks like, so that samples can be asked of one.", label="By class"
    )


class VariationalAutoencoder(DeepModel):
    """An encoder to a small latent space and a decoder back, trained on a lower bound of the likelihood."""

    info: ClassVar[ModelInfo] = ModelInfo(
        key="vae",
        title="Variational autoencoder",
        summary="Learns a small map of the data: every place on it decodes to a new item, and near places look alike.",
        kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
        order=40,
        step_name="step",
        climbs="bound",
        presets={
            "Textbook (28 × 28 pictures)": {
                "latent_dim": 2, "channels": (32, 64), "hidden_features": (16,), "likelihood": "bernoulli",
                "max_epochs": 30, "schedule": "constant", "warmup": 0, "clip_norm": 0.0,
            },
        },
        references=("Kingma, Welling (2014): Auto-encoding variational Bayes",
                    "Burda, Grosse, Salakhutdinov (2016): Importance weighted autoencoders"),
    )
    Settings = VaeSettings
    settings: VaeSettings

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        reason = super().unsuitable(data)
        if reason is None and data.kind is Kind.TABLE:
            return unsuitable_numbers(data, "A variational autoencoder")
        return reason

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """A map of two coordinates; small networks and many passes for few numbers."""
        if data.kind is Kind.TABLE:
            return {"hidden_features": (128, 128), "max_epochs": _epochs(2_000_000, data)}
        return {"max_epochs": _epochs(600_000, data)}

    # Learning.

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The one network, `vae`."""
        return {"vae": VaeNet(self.settings, shape, n_classes)}

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> VaeLearner:
        """What descends the negative bound."""
        return VaeLearner(self.net.to(device), self.settings, data, live, device)

    @property
    def net(self) -> VaeNet:
        """The network; built by `fit` or `load_state`."""
        net = self.nets["vae"]
        assert isinstance(net, VaeNet)
        return net

    # Answers.

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space."""
        return self.settings.latent_dim

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n items, decoded from the prior: pictures as their means, rows with the noise that was learned."""
        draw = torch.Generator().manual_seed(seed)
        z = temperature * torch.randn(n, self.latent_dim, generator=draw)
        labels = np.full(n, -1 if condition is None else condition)
        with self.answering():
            found = [
                self.net.invent(z[part], self._given(labels[part]), draw, temperature) for part in pieces(n)
            ] or [torch.zeros(0, *self.shape)]
        return torch.cat(found).double().numpy(), np.full(n, -1)

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted bound with k draws, nats, shape (N,), model units; with one draw the ELBO."""
        draw = torch.Generator(self._device).manual_seed(seed)
        labels = np.full(len(x), -1) if labels is None else labels
        found = np.empty(len(x))
        with self.answering():
            for part in pieces(len(x), max(1, 4 * ROWS // k)):
                bound = self.net.bound(tensor_of(x[part], self._device), self._given(labels[part]), k, draw)
                found[part] = bound.double().cpu().numpy()
        return found

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Means and deviations of the posterior, each shape (N, Z)."""
        labels = np.full(len(x), -1) if labels is None else labels
        found = np.empty((2, len(x), self.latent_dim))
        with self.answering():
            for part in pieces(len(x)):
                mean, log_var = self.net.encode(tensor_of(x[part], self._device), self._given(labels[part]))
                found[0, part] = mean.double().cpu().numpy()
                found[1, part] = (0.5 * log_var).exp().double().cpu().numpy()
        return found[0], found[1]

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The mean item of each latent point, shape (N, *item), model units."""
        labels = np.full(len(z), -1) if labels is None else labels
        with self.answering():
            found = [
                self.net.mean(tensor_of(z[part], self._device), self._given(labels[part])).cpu()
                for part in pieces(len(z))
            ] or [torch.zeros(0, *self.shape)]
        return torch.cat(found).double().numpy()

    def anomaly_score(self, x: Floats) -> Floats:
        """Negative ELBO, nats, shape (N,), model units."""
        return -self.log_prob_bound(x, 1, seed=0)

    def contributions(self, x: Floats) -> Floats:
        """How badly each coordinate is reconstructed, shape (N, D), nats."""
        mean, _ = self.encode(x)
        with self.answering():
            found = [
                -self.net.explain(tensor_of(x[part], self._device), tensor_of(mean[part], self._device)).cpu()
                for part in pieces(len(x))
            ] or [torch.zeros(0, *self.shape)]
        return torch.cat(found).flatten(1).double().numpy()

    @property
    def _device(self) -> torch.device:
        return next(self.net.parameters()).device

    def _given(self, labels: Ints) -> torch.Tensor:
        return one_hot(torch.from_numpy(np.asarray(labels, np.int64)), self.n_classes).to(self._device)


def _epochs(items: int, data: Dataset) -> int:
    """So many passes that about so many items are gone through."""
    return int(np.clip(items // max(1, len(data.train)), 20, 500))
