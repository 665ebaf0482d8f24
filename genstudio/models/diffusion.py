"""Flow matching: noise becomes data along a learned velocity field; for points, tables and pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from genstudio.data.dataset import Dataset, Kind
from genstudio.models._deep import pieces
from genstudio.models._diffusion_field import LEVELS, FieldModel
from genstudio.models._diffusion_ode import Solution, moments, spaced
from genstudio.models._diffusion_settings import DiffusionSettings, for_data
from genstudio.models._diffusion_surprise import surprises
from genstudio.models._streams import streams, uniforms
from genstudio.models.capabilities import Bound, Density, Outcomes
from genstudio.models.contract import Floats, Ints, ModelInfo

ROWS, PICTURES = 2048, 128
"""So many items are solved at once."""
PROBES = 8
"""Directions by which the divergence of a row of many columns is estimated."""
JUDGED_PROBES = 4
"""As many, of a picture, where it is asked how far one of them may be off."""
STATIONS = 65
"""Moments at most at which a way is told."""


class FlowMatching(FieldModel):
    """A velocity field along which noise at time 0 becomes data at time 1, and data noise."""

    info: ClassVar[ModelInfo] = ModelInfo(
        key="diffusion",
        title="Flow matching (diffusion)",
        summary="Learns how noise has to move, moment by moment, to become data; samples are sharp and diverse.",
        kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
        order=60,
        climbs="nothing",
        references=("Lipman, Chen, Ben-Hamu, Nickel, Le (2023): Flow matching for generative modeling",
                    "Liu, Gong, Liu (2023): Flow straight and fast",
                    "Song et al. (2021): Score-based generative modeling through stochastic differential equations",
                    "Ho, Salimans (2022): Classifier-free diffusion guidance",
                    "Grathwohl et al. (2019): FFJORD"),
    )
    Settings = DiffusionSettings

    @classmethod
    def offers(cls, capability: type[object], kind: Kind) -> bool:
        """Of rows it knows the density; of pictures, which are bytes, a bound of their probability."""
        if capability in (Density, Bound):
            return (capability is Density) == (kind is Kind.TABLE)
        return super().offers(capability, kind)

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """More detail for few columns, and passes for some minutes."""
        return for_data(data)

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    @property
    def latent_dim(self) -> int:
        """Coordinates of the noise: as many as an item has."""
        return math.prod(self.shape)

    # There and back.

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n items that noise becomes; the temperature is that of the noise.

        Raises:
            TrainingError: nothing has been learned, or there is no such class.
        """
        draw = torch.Generator().manual_seed(seed)
        z = temperature * torch.randn(n, self.latent_dim, generator=draw)
        return self.decode(z.double().numpy(), self._wanted(condition, n, draw)), np.full(n, -1)

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The noise that items come from, and no deviation, each shape (N, Z)."""
        noise = self._solved(len(x), lambda solution, part: solution.encode(
            self._tensor(x[part]), self._given(labels, len(x), part)
        ))
        return noise.reshape(len(x), -1), np.zeros((len(x), self.latent_dim))

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The items that noise (N, Z) becomes, shape (N, *item), model units."""
        return self._items(self._solved(len(z), lambda solution, part: solution.decode(
            self._noise(z[part]), self._given(labels, len(z), part)
        )))

    def stations(self) -> Floats:
        """The times between which solvers step, shape (S,), 65 of them at most."""
        times = moments(self.steps)
        return np.array([times[place] for place in spaced(len(times), STATIONS)])

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Where noise (N, Z) is at each station, shape (S, N, *item), model units."""
        with self.answering():
            found = np.empty((len(self.stations()), len(z), *self.shape))
            for part in self._pieces(len(z)):
                way = self._solution().onward(self._noise(z[part]), self._given(labels, len(z), part))
                for station, moved in zip(found, self._at_stations(way), strict=True):
                    station[part] = _array(moved)
        return self.scaling.inverse(found)

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where items are at each station, shape (S, N, *item), model units; what each part adds, (S - 1, N), nats.

        The noise is a standard normal in standard units; the step from there to model units belongs to the last part.
        """
        with self.answering():
            places = np.empty((len(self.stations()), len(x), *self.shape))
            higher = np.empty(places.shape[:2])
            for part in self._pieces(len(x)):
                way = self._solution().back(
                    self._tensor(x[part]), self._given(labels, len(x), part), self._probes(x[part], 1)
                )
                for at, (moved, risen) in zip(range(len(places)), self._at_stations(way), strict=True):
                    places[-1 - at, part], higher[-1 - at, part] = _array(moved), _array(risen.mean(0))
        added = np.diff(higher, axis=0)
        added[-1] += self._log_det
        return self.scaling.inverse(places), added

    def velocity(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """How items at a time move, shape (N, *item), model units per unit of time."""
        return self.scaling.scale * self._solved(len(x), lambda solution, part: solution.velocity(
            self._given(labels, len(x), part)
        )(self._tensor(x[part]), time))

    def guess(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """The items that are expected of what is seen at a time: straight on with the velocity it has now."""
        return self._items(self.scaling.forward(x) + (1 - time) * self.velocity(x, time, labels) / self.scaling.scale)

    # How likely items are.

    def log_prob(self, x: Floats, labels: Ints | None = None) -> Floats:
        """Log-density, nats, shape (N,), model units, reckoned by the solver; of many columns also by random probes."""
        return self._solved(len(x), lambda solution, part: solution.log_prob(
            self._tensor(x[part]), self._given(labels, len(x), part), self._probes(x[part], 1)
        ).mean(0), shape=()) + self._log_det

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Bound of the log-probability of the bytes of pictures, nats, shape (N,); of rows the log-density.

        It is the mean over k draws of where between two bytes an intensity lies. Each is estimated, so that weighing
        them by importance would raise them by chance: more draws make the figure more certain, not higher.
        """
        if len(self.shape) == 1:
            return self.log_prob(x, labels)
        with self.answering():
            draws = [self._drawn_log_prob(x, _stream_seed(seed, draw), labels).mean(0) for draw in range(k)]
        found: Floats = np.mean(draws, axis=0) + self._log_det - self.latent_dim * math.log(LEVELS)
        return found

    def outcomes(self) -> Outcomes:
        """Of pictures, bytes."""
        return "bytes" if len(self.shape) == 3 else "density"

    def log_prob_error(self, x: Floats, labels: Ints | None = None) -> Floats:
        """What twice the steps change, and the standard error of one draw where divergences are estimated; (N,)."""
        with self.answering():
            one, other = (self._drawn_log_prob(x, 0, labels, JUDGED_PROBES, finer) for finer in (1, 2))
        error: Floats = np.abs(one.mean(0) - other.mean(0))
        if not self._exact:
            error += other.std(axis=0, ddof=1) / math.sqrt(1 if len(self.shape) == 3 else PROBES)
        return error

    def anomaly_score(self, x: Floats) -> Floats:
        """Negative log-density, or bound of pictures, nats, shape (N,), model units."""
        return -self.log_prob(x) if len(self.shape) == 1 else -self.log_prob_bound(x, 1, seed=0)

    def contributions(self, x: Floats) -> Floats:
        """What each coordinate adds to the score, shape (N, D), nats: how badly it is told from noise by the others.

        What these surprises and the score differ by is shared alike among the coordinates.
        """
        found = self._solved(len(x), lambda solution, part: surprises(
            solution.velocity(self._given(None, len(x), part)), self._tensor(x[part])
        )).reshape(len(x), -1)
        rest: Floats = (self.anomaly_score(x) - found.sum(axis=1)) / self.latent_dim
        return found + rest[:, None]

    # Within.

    def _solved(
        self, count: int, found: Callable[[Solution, slice], Tensor], shape: tuple[int, ...] | None = None
    ) -> Floats:
        """What is found of items piece by piece, shape (count, *shape), that of items where none is given."""
        with self.answering():
            result = np.empty((count, *(self.shape if shape is None else shape)))
            for part in self._pieces(count):
                result[part] = _array(found(self._solution(), part))
        return result

    def _drawn_log_prob(
        self, x: Floats, seed: int, labels: Ints | None, probes: int = 1, finer: int = 1
    ) -> Floats:
        """Estimates (K, N) of the log-density, nats, standard units; of pictures, of a place drawn between bytes.

        What is drawn hangs on the item itself and the seed, not on the items beside it.
        """
        found = []
        for part in self._pieces(len(x)):
            items = self._tensor(x[part])
            if len(self.shape) == 3:
                drawn = uniforms(streams(x[part], seed), self.latent_dim).reshape(x[part].shape)
                items = self._between_bytes(torch.from_numpy(x[part]).float().to(self._device), torch.from_numpy(drawn))
            given, directions = self._given(labels, len(x), part), self._probes(x[part], probes, seed)
            found.append(_array(self._solution(finer).log_prob(items, given, directions)))
        return np.concatenate(found, axis=1) if found else np.empty((probes, 0))

    def _probes(self, x: Floats, count: int, seed: int = 0) -> Tensor | None:
        """Signs along which divergences are estimated, (K, N, *item); None where they are computed."""
        if self._exact:
            return None
        count = PROBES if len(self.shape) == 1 else count
        drawn = uniforms(streams(x, seed + 1), 2 * count * self.latent_dim)[:, count * self.latent_dim:]
        signs = np.where(drawn < 0.5, np.float32(-1), np.float32(1))
        return torch.from_numpy(signs.reshape(len(x), count, *self.shape)).transpose(0, 1).to(self._device)

    def _at_stations(self, way: Iterator[Any]) -> Iterator[Any]:
        """The stations of a way that is told at every time; they are the same from either end."""
        wanted = set(spaced(self.steps + 1, STATIONS))
        yield from (found for place, found in enumerate(way) if place in wanted)

    def _pieces(self, count: int) -> Iterator[slice]:
        return pieces(count, PICTURES if len(self.shape) == 3 else ROWS)

    def _noise(self, z: Floats) -> Tensor:
        return torch.from_numpy(z).float().to(self._device).view(-1, *self.shape)

    def _items(self, x: Floats) -> Floats:
        """Items in model units; intensities beyond black and white are cut."""
        found = self.scaling.inverse(x)
        return np.clip(found, 0.0, 1.0) if len(self.shape) == 3 else found


def _array(found: Tensor) -> Floats:
    array: Floats = found.double().cpu().numpy()
    return array


def _stream_seed(seed: int, draw: int) -> int:
    """A seed for each draw of a question."""
    return 1_000_003 * seed + draw
