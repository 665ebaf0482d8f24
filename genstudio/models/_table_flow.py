"""Normalizing flows of tables: rows bent layer by layer into a simple distribution, with an exact density."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.data.scaling import Standard
from genstudio.errors import ArchiveError
from genstudio.models._deep import DeepModel, Shape, pieces
from genstudio.models._flow_advice import for_tables
from genstudio.models._flow_info import INFO
from genstudio.models._flow_learner import FlowLearner
from genstudio.models._flow_nets import table_flow
from genstudio.models._flow_rounding import rounding
from genstudio.models._flow_settings import FlowSettings
from genstudio.models._flow_start import start
from genstudio.models._one_net import NET, BatchedItems, classes_given
from genstudio.models._slices import surprises
from genstudio.models._suitability import unsuitable_numbers
from genstudio.models.contract import Array, Floats, Ints, ModelInfo
from genstudio.nets.flows.base import StandardNormal
from genstudio.nets.flows.flow import Flow
from genstudio.training.events import LiveSettings

ENTRIES = 2_000_000
"""So many parameters of layers are reckoned with at once when a question is answered."""


class TableFlow(DeepModel):
    """Invertible layers between the data and a standard normal, trained on the exact likelihood.

    Columns are brought to mean 0 and deviation 1 before they reach the network, whatever their preparation.
    Learning takes float32; answers are reckoned in float64, so that a point comes back from the base where it was.

    References:
        Rezende, Mohamed (2015): Variational inference with normalizing flows.
        Dinh, Sohl-Dickstein, Bengio (2017): Density estimation using Real NVP.
        Papamakarios, Pavlakou, Murray (2017): Masked autoregressive flow for density estimation.
        Durkan, Bekasov, Murray, Papamakarios (2019): Neural spline flows.
    """

    info: ClassVar[ModelInfo] = INFO
    Settings = FlowSettings
    settings: FlowSettings

    def __init__(self, settings: FlowSettings) -> None:
        super().__init__(settings)
        self.scaling = Standard(np.zeros(0), np.ones(0))
        self.shares = np.ones(1)

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        return super().unsuitable(data) or unsuitable_numbers(data, "A normalizing flow")

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """A mixture as base where the data fall apart, and as many passes as take a minute or so."""
        return {} if cls.unsuitable(data) else for_tables(data)

    # Learning.

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The one network."""
        return {NET: table_flow(self.settings, shape[0], n_classes)}

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> FlowLearner:
        """What raises the log-density."""
        self.scaling = Standard.fit(data.train, ())
        self.shares = _shares(data, self.n_classes)
        codes = (None, None) if data.labels is None else (data.labels.train, data.labels.valid)
        start(self.net, data, self.scaling.forward(data.train))
        train, valid = (
            BatchedItems(self.scaling.forward(part), known, self.n_classes, device)
            for part, known in zip((data.train, data.valid), codes, strict=True)
        )
        widths, notes = rounding(data.train, data.preparation.names, spread=self.settings.dequantize)
        steps = torch.from_numpy(widths / self.scaling.scale).float().to(device)
        return FlowLearner(self.net.to(device), (train, valid), steps, self._log_det, notes)

    def state(self) -> dict[str, Array]:
        """Weights by name, the shape of an item, the scaling of columns, and how frequent classes are."""
        found = super().state()
        if found:
            found |= {
                "shift": self.scaling.shift.copy(), "scale": self.scaling.scale.copy(), "shares": self.shares.copy()
            }
        return found

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        super().load_state(state)
        if not state:
            return
        shift, scale, shares = (np.array(state.get(name, ()), np.float64) for name in ("shift", "scale", "shares"))
        if not (shift.shape == scale.shape == self.shape and np.isfinite(shift).all() and (scale > 0).all()):
            raise ArchiveError(f"What {self.info.title} has learned is damaged: its scaling.", "Train again.")
        if not (shares.shape == (self.n_classes + 1,) and (shares >= 0).all() and abs(shares.sum() - 1) < 1e-6):
            raise ArchiveError(f"What {self.info.title} has learned is damaged: shares of classes.", "Train again.")
        self.scaling, self.shares = Standard(shift, scale), shares

    # Answers.

    @property
    def net(self) -> Flow:
        """The network; built by `fit` or `load_state`."""
        return cast("Flow", self.nets[NET])

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space, as many as the data have."""
        return self.shape[0]

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n points brought from the base to the data; the temperature widens or narrows the base."""
        draw = torch.Generator().manual_seed(seed)
        labels = self._wanted(condition, n, draw)
        with self._exactly() as net:
            z = net.base.sample(self._given(labels, n), draw, temperature).double()
            found = self._mapped(z.numpy(), labels, lambda part, given: net.outward(part, given)[0])
        return self.scaling.inverse(found), np.full(n, -1)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), model units; of a model that learned classes, that of any of them."""
        with self._exactly() as net:
            return self._log_prob(net, self.scaling.forward(x)) + self._log_det

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where items lie in the base, and zeros: a flow leaves no doubt; each shape (N, D)."""
        with self._exactly() as net:
            z = self._mapped(self.scaling.forward(x), labels, lambda part, given: net.inward(part, given)[0])
            to_normal = net.base.gaussianization(self._given(labels, len(x)))
        z = z if to_normal is None else to_normal.forward(z)
        return z, np.zeros_like(z)

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The items that points of the base stand for, shape (N, D), model units."""
        with self._exactly() as net:
            to_normal = net.base.gaussianization(self._given(labels, len(z)))
            z = z if to_normal is None else to_normal.inverse(z)
            return self.scaling.inverse(self._mapped(z, labels, lambda part, given: net.outward(part, given)[0]))

    def anomaly_score(self, x: Floats) -> Floats:
        """-log p(x), nats, shape (N,), model units."""
        return -self.log_prob(x)

    def contributions(self, x: Floats) -> Floats:
        """log p(all other columns) - log p(x), shape (N, D), nats: how surprising each is given the others."""
        with self._exactly() as net:
            found = surprises(lambda points: self._log_prob(net, points), self.scaling.forward(x))
        return found + np.log(self.scaling.scale)

    def stations(self) -> Floats:
        """Layers gone through, from 0 (the standard normal) to all of them (the data), shape (S,).

        Of a mixture as base, the way from a normal to the mixture is the first layer.
        """
        with self.answering():
            return np.arange(len(self.net.stages) + 1.0 + (self.settings.base == "mixture"))

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Where points of a standard normal are after each layer, shape (S, N, D), all in model units."""
        with self._exactly() as net:
            given = self._given(labels, len(z))
            to_normal = net.base.gaussianization(given)
            first = z if to_normal is None else to_normal.inverse(z)
            way, _ = net.outward_path(torch.from_numpy(np.asarray(first, np.float64)), given)
        return self._placed(way.numpy() if to_normal is None else np.concatenate([z[None], way.numpy()]))

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The way of items back to a standard normal.

        Returns:
            Where they are at each station, shape (S, N, D), the normal first; and what each layer adds to the
            log-density, nats, shape (S - 1, N), the scaling of columns with the first.
        """
        with self._exactly() as net:
            inward = torch.from_numpy(self.scaling.forward(x))
            given = self._given(labels, len(x))
            found, log_dets = net.inward_path(inward, given)
            way, added = found.flip(0).numpy(), log_dets.flip(0).numpy()
            if (to_normal := net.base.gaussianization(given)) is not None:
                z = to_normal.forward(way[0])
                normal = StandardNormal(z.shape[1]).log_prob(torch.from_numpy(z), given)
                gained = (net.base.log_prob(found[-1], given) - normal).numpy()
                way, added = np.concatenate([z[None], way]), np.concatenate([gained[None], added])
        added[0] += self._log_det
        return self._placed(way), added

    # Within.

    @contextlib.contextmanager
    def _exactly(self) -> Iterator[Flow]:
        """Inside, the network that counts in float64, on the processor, as not every device knows float64."""
        with self.answering():
            yield copy.deepcopy(self.net).to("cpu", torch.float64)

    def _log_prob(self, net: Flow, x: Floats) -> Floats:
        """Log-density of points in the network's units, shape (N,); over classes weighted by how frequent they are."""
        if not self.n_classes:
            return self._mapped(x, None, net)
        known = np.flatnonzero(self.shares > 0)
        codes = np.append(np.arange(self.n_classes), -1)[known]
        each = [self._mapped(x, np.full(len(x), code), net) for code in codes]
        weighted: Floats = np.logaddexp.reduce(np.array(each) + np.log(self.shares[known])[:, None], axis=0)
        return weighted

    def _mapped(self, x: Floats, labels: Ints | None, made: Callable[[Tensor, Tensor], Tensor]) -> Floats:
        """What is made of points piece by piece, each with its class; points and answers in the network's units."""
        given, points = self._given(labels, len(x)), torch.from_numpy(np.ascontiguousarray(x, np.float64))
        rows = max(1, ENTRIES // (self.shape[0] * 3 * self.settings.bins))
        found = [made(points[part], given[part]) for part in pieces(len(x), rows)] or [made(points, given)]
        return torch.cat(found).numpy()

    def _placed(self, way: Floats) -> Floats:
        """Stations in model units, the base too, so that the way has no leap of units in it."""
        return np.asarray(self.scaling.inverse(way))

    def _any_classes(self, count: int, draw: torch.Generator) -> Ints | None:
        """Classes of samples that nobody asked of one: as frequent as they were."""
        if not self.n_classes or not count:
            return None
        drawn: Ints = torch.multinomial(torch.from_numpy(self.shares), count, replacement=True, generator=draw).numpy()
        return np.where(drawn == self.n_classes, -1, drawn)

    def _given(self, labels: Ints | None, count: int) -> Tensor:
        return classes_given(labels, count, self.n_classes).double()

    @property
    def _log_det(self) -> float:
        return -float(np.log(self.scaling.scale).sum())


def _shares(data: Dataset, n_classes: int) -> Floats:
    """How frequent each class is, and last items of none, shape (n_classes + 1,)."""
    if not n_classes or data.labels is None:
        return np.ones(1)
    codes = np.where(data.labels.train < 0, n_classes, data.labels.train)
    return np.bincount(codes, minlength=n_classes + 1) / len(codes)
