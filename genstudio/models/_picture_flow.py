"""Normalizing flows of pictures: what a multi-scale flow answers, and how it is trained."""

from __future__ import annotations

import contextlib
import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.models._deep import DeepModel, Shape, pieces
from genstudio.models._flow_info import INFO
from genstudio.models._flow_settings import FlowSettings
from genstudio.models._one_net import NET, BatchedItems, classes_given
from genstudio.models._picture_flow_learner import PictureFlowLearner
from genstudio.models._picture_flow_settings import PictureFlowSettings, for_pictures
from genstudio.models._streams import streams, uniforms
from genstudio.models._suitability import FEWEST_ROWS
from genstudio.models.capabilities import Outcomes
from genstudio.models.contract import Array, Floats, Ints, ModelInfo
from genstudio.nets.flows.multiscale import MultiScaleFlow
from genstudio.nets.flows.picture_levels import CELL, LEVELS, dequantized, levels_of
from genstudio.training.events import LiveSettings

Made = Callable[[MultiScaleFlow, slice, Tensor], Tensor]
"""What is made by a network of a piece of some items, given their classes."""
PIXELS = 100_000
"""So many pixels are reckoned with at once when a question is answered."""
MIDDLE = 0.5
"""Where in its cell a pixel lies that is encoded; it then comes back as it was."""


class PictureFlow(DeepModel):
    """A multi-scale flow between pictures of 256 intensities, dequantized, and a standard normal."""

    info: ClassVar[ModelInfo] = INFO
    Settings = PictureFlowSettings
    settings: PictureFlowSettings

    def __init__(self, settings: FlowSettings) -> None:
        super().__init__(PictureFlowSettings(**settings.model_dump()))

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, or too few pictures."""
        if len(data.train) < FEWEST_ROWS:
            return f"A normalizing flow needs at least 2 pictures to learn from; {data.name} has {len(data.train)}."
        return super().unsuitable(data)

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """Many bins, and as many passes as take a few minutes."""
        return for_pictures(data)

    # Learning.

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The one network."""
        colours, height, width = shape
        settings = self.settings
        return {NET: MultiScaleFlow(
            (colours, height, width), n_classes, channels=settings.channels, blocks=settings.blocks, bins=settings.bins
        )}

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> PictureFlowLearner:
        """What raises the log-probability; the network begins with how frequent intensities are."""
        self.net.learn_frequencies(_levels(data.train))
        codes = (None, None) if data.labels is None else (data.labels.train, data.labels.valid)
        train, valid = (
            BatchedItems(part, known, self.n_classes, device)
            for part, known in zip((data.train, data.valid), codes, strict=True)
        )
        return PictureFlowLearner(self.net.to(device), (train, valid))

    # Answers.

    @property
    def net(self) -> MultiScaleFlow:
        """The network; built by `fit` or `load_state`."""
        return cast("MultiScaleFlow", self.nets[NET])

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    def outcomes(self) -> Outcomes:
        """Pixels of 256 intensities."""
        return "bytes"

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space, as many as a picture has pixels and colours."""
        return math.prod(self.shape)

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n pictures brought from the base to the data; the temperature widens or narrows the base."""
        draw = torch.Generator().manual_seed(seed)
        labels = self._wanted(condition, n, draw)
        z = temperature * torch.randn(n, self.latent_dim, generator=draw)
        return self._decoded(z.numpy(), labels, torch.float32), np.full(n, -1)

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted bound of the log-probability of intensities with k draws of noise, nats, shape (N,).

        The draws of a picture hang on the picture itself and the seed, not on the pictures beside it.
        """
        levels = _levels(x)
        stream = streams(levels.numpy(), seed)

        def bound(net: MultiScaleFlow, part: slice, given: Tensor) -> Tensor:
            noise = torch.from_numpy(uniforms(stream[part], k * self.latent_dim))
            draws = noise.view(-1, k, *self.shape).unbind(1)
            logs = torch.stack([net(dequantized(levels[part], draw), given).double() for draw in draws])
            return torch.logsumexp(logs, 0) - math.log(k)

        return self._answered(len(x), labels, bound, torch.float32) + CELL * self.latent_dim

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where pictures lie in the base, each pixel in the middle of its cell, and zeros: a flow leaves no doubt."""
        v = _middles(x)
        z = self._answered(len(x), labels, lambda net, part, given: net.inward(v[part], given)[0].flatten(1))
        return z, np.zeros_like(z)

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The pictures that points of the base (N, Z) stand for, shape (N, C, H, W), model units."""
        return self._decoded(z, labels, torch.float64)

    def anomaly_score(self, x: Floats) -> Floats:
        """Minus the bound of one draw, nats, shape (N,)."""
        return -self.log_prob_bound(x, 1, seed=0)

    def contributions(self, x: Floats) -> Floats:
        """How surprising each pixel is given the coarser ones and those told before it, shape (N, D), nats."""
        v = _middles(x)
        found = self._answered(
            len(x), None, lambda net, part, given: net.explain(v[part].float(), given).flatten(1), torch.float32
        )
        return -found - CELL

    def stations(self) -> Floats:
        """Steps from 0 (the base) to the whole picture, shape (S,): the first pixel, then three for each scale."""
        return np.arange(float(self.net.n_stations))

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Pictures at each station, shape (S, N, C, H, W): pixels that have arrived, among noise from the base."""
        return self._way(self.decode(z, labels), z)

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The way of pictures back to the base.

        Returns:
            Where they are at each station, shape (S, N, C, H, W), the base first; and what the pixels that arrive at
            each station add to the log-probability beside the base's, nats, shape (S - 1, N).
        """
        v = _middles(x)
        both = self._answered(len(x), labels, lambda net, part, given: torch.stack(net.inward(v[part], given), 1))
        z, log_det = both[:, 0], both[:, 1] + CELL
        return self._way(x, z), self.net.arriving(torch.from_numpy(log_det)).numpy()

    # Within.

    def _way(self, x: Floats, z: Floats) -> Floats:
        with self._on_processor(torch.float32) as net:
            base = torch.from_numpy(np.asarray(z, np.float64)).view(-1, *self.shape)
            return net.stations(torch.from_numpy(np.asarray(x, np.float64)), base).numpy()

    def _decoded(self, z: Array, labels: Ints | None, precision: torch.dtype) -> Floats:
        base = torch.from_numpy(np.ascontiguousarray(z)).view(-1, *self.shape)
        return self._answered(
            len(z), labels, lambda net, part, given: _intensities(net.outward(base[part], given)), precision
        )

    @contextlib.contextmanager
    def _on_processor(self, precision: torch.dtype) -> Iterator[MultiScaleFlow]:
        """Inside, the network that counts, on the processor, as not every device knows float64."""
        with self.answering():
            first = next(self.net.parameters())
            same = first.device.type == "cpu" and first.dtype == precision
            yield self.net if same else copy.deepcopy(self.net).to("cpu", precision)

    def _answered(
        self, count: int, labels: Ints | None, made: Made, precision: torch.dtype = torch.float64
    ) -> Floats:
        """What is made of items piece by piece, each with its class.

        Arguments:
            precision: of the network. What goes to the base and comes back needs float64: where a pixel was not
                expected at all, a difference in the last digit would carry it into the next intensity.
        """
        given = classes_given(labels, count, self.n_classes).to(precision)
        with self._on_processor(precision) as net:
            parts = pieces(count, max(1, PIXELS // self.latent_dim)) if count else [slice(0, 0)]
            found = [made(net, part, given[part]).double() for part in parts]
        return torch.cat(found).numpy()


def _levels(x: Array) -> Tensor:
    """Pictures as bytes, of bytes or of intensities between 0 and 1."""
    if x.dtype != np.uint8:
        x = np.rint(np.clip(x, 0.0, 1.0) * (LEVELS - 1)).astype(np.uint8)
    return torch.from_numpy(np.ascontiguousarray(x))


def _middles(x: Array) -> Tensor:
    return dequantized(_levels(x).double(), torch.tensor(MIDDLE))


def _intensities(v: Tensor) -> Tensor:
    return levels_of(v).double() / (LEVELS - 1)
