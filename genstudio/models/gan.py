"""Generative adversarial networks: a generator and a discriminator that learn from each other."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.scaling import Standard
from genstudio.errors import ArchiveError
from genstudio.models._deep import DeepModel, Shape, pieces, tensor_of
from genstudio.models._gan_gauge import NEIGHBOURS, Gauge, modes_of
from genstudio.models._gan_learner import GanLearner
from genstudio.models._gan_losses import GAMES
from genstudio.models._gan_nets import GENERATOR, Critic, critic_of, growth_of, nets_for, only_answering
from genstudio.models._gan_presets import PRESETS
from genstudio.models._gan_projection import project
from genstudio.models._gan_settings import GanSettings, PictureGanSettings, for_data
from genstudio.models._one_net import BatchedItems, classes_given
from genstudio.models._suitability import FEWEST_ROWS, unsuitable_numbers
from genstudio.models.contract import Array, Floats, Ints, ModelInfo
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings

STOPS = 16
"""Places on the way from the mean to an item at which slopes are taken."""


class GenerativeAdversarialNetwork(DeepModel):
    """A generator that makes items of noise, and a discriminator that tells them from real ones."""

    info: ClassVar[ModelInfo] = ModelInfo(
        key="gan",
        title="Generative adversarial network",
        summary="Two networks play: one makes items, the other tells them from real ones, until it no longer can.",
        kinds=frozenset({Kind.TABLE, Kind.IMAGES}),
        order=70,
        climbs="nothing",
        presets=PRESETS,
        references=("Goodfellow et al. (2014): Generative adversarial nets",
                    "Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017): Improved training of Wasserstein GANs",
                    "Mescheder, Geiger, Nowozin (2018): Which training methods for GANs do actually converge?",
                    "Huang, Gokaslan, Kuleshov, Tompkin (2024): The GAN is dead; long live the GAN!"),
    )
    Settings = GanSettings
    settings: GanSettings

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.scaling = Standard(np.zeros(0), np.ones(0))

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few items, or numbers beyond what squares allow."""
        if (reason := super().unsuitable(data)) is not None:
            return reason
        title = "A generative adversarial network"
        if data.kind is Kind.TABLE:
            return unsuitable_numbers(data, title)
        if len(data.train) < FEWEST_ROWS:
            return f"{title} needs at least 2 pictures to learn from; {data.name} has {len(data.train)}."
        return None

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """Many short steps for numbers."""
        return for_data(data)

    # Learning.

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one round of the game an event, or go on from a checkpoint.

        Raises:
            TrainingError: the data do not suit, figures were not finite, or memory gave out.
        """
        if data.kind is Kind.IMAGES:
            self.settings = PictureGanSettings(**dict(self.settings))
        yield from super().fit(data, live, seed, budget)

    def build(self, shape: Shape, n_classes: int) -> dict[str, nn.Module]:
        """The generator and the discriminator."""
        return nets_for(self.settings, shape, n_classes)

    def classes_of(self, data: Dataset) -> int:
        """The classes of the label where samples are to be asked of one."""
        return len(data.labels.levels) if self.settings.conditional and data.labels is not None else 0

    def learner(self, data: Dataset, live: LiveSettings, device: torch.device) -> GanLearner:
        """What plays the game."""
        self.scaling = _scaling_of(data.train)
        codes = None if data.labels is None else data.labels.train
        items = BatchedItems(self._inward(data.train), codes, self.n_classes, device)
        nets = {name: net.to(device) for name, net in self.nets.items()}
        return GanLearner(nets, self.settings, live, items, self._gauge(data))

    def state(self) -> dict[str, Array]:
        """Weights by name, the shape of an item, and its units; empty before any learning."""
        found = super().state()
        return found and {**found, "shift": self.scaling.shift.copy(), "scale": self.scaling.scale.copy()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        super().load_state(state)
        if state:
            shift, scale = (np.array(state.get(name, ()), np.float64) for name in ("shift", "scale"))
            if not (shift.shape == scale.shape == self.shape and np.isfinite(shift).all() and (scale > 0).all()):
                raise ArchiveError(f"What {self.info.title} has learned is damaged: its scaling.", "Train again.")
            self.scaling = Standard(shift, scale)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Inside, the generator is the one that counts, and nothing is learned from what is asked."""
        with super().answering(), only_answering(self.nets):
            yield

    # Answers.

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""
        return self.n_classes

    def growth(self) -> tuple[tuple[int, int], tuple[int, int], float] | None:
        """Which resolutions pictures are made of now, and the share of the finer; None where nothing grows."""
        return growth_of(self.nets)

    @property
    def latent_dim(self) -> int:
        """Coordinates of the noise."""
        return self.settings.latent_dim

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n made items; below 1 the temperature draws noise to the middle, which gives up diversity for quality.

        Raises:
            TrainingError: nothing has been learned, or there is no such class.
        """
        draw = torch.Generator().manual_seed(seed)
        z = temperature * torch.randn(n, self.latent_dim, generator=draw)
        return self.decode(z.double().numpy(), self._wanted(condition, n, draw)), np.full(n, -1)

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Noise (N, Z) that becomes about these items, found by a search, and no deviation."""
        with self.answering():
            net, items = self.nets[GENERATOR], self._tensor(x)
            if items.dim() == 2:
                # By single rounding a long search would end elsewhere in other company; rows are short enough for more.
                net, items = copy.deepcopy(net).double(), items.double()
            found = project(
                partial(_made, net), items, self._given(labels, len(x), slice(None)), self.latent_dim, seed=0
            ).double().cpu().numpy()
        return found, np.zeros_like(found)

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The items that noise (N, Z) becomes, shape (N, *item), model units."""
        return self._outward(self._asked(len(z), self.shape, lambda part: _made(
            self.nets[GENERATOR], torch.from_numpy(z[part]).float().to(self._device), self._given(labels, len(z), part)
        )))

    def verdict(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How real the discriminator holds items to be, 0 to 1, shape (N,); at 0.5 it cannot tell.

        Under minimax and non-saturating losses it is the probability that it has learned to tell; least squares are
        cut to 0 to 1, and a hinge is straight between its margins. Numbers of the Wasserstein and the relativistic loss
        have no zero: there it is the sigmoid of how far they are above the middle between what is usually said of real
        and of made items.
        """
        game = GAMES[self.settings.loss]
        return self._judged(x, labels, lambda critic, items, given: game.verdict(critic(items, given), critic.levels))

    def pull(self, z: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The items of latent points (N, Z), and the way each is to go, both (N, *item), model units.

        The way is minus the gradient of what the item alone adds to the generator's loss; a relativistic loss compares
        it with what is usually said of real items.
        """
        items, game = self.decode(z, labels), GAMES[self.settings.loss]
        return items, -self._by_item(items, labels, lambda said, levels: len(said) * game.generator(
            levels[0].expand_as(said), said
        ))

    def attention(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How long the gradient of what the discriminator says is by each number of an item, shape (N, *item)."""
        return np.abs(self._by_item(x, labels, _total))

    def anomaly_score(self, x: Floats) -> Floats:
        """Minus what the discriminator says, shape (N,); a weak score, as it has only learned to tell made items apart.

        What neither the data nor the generator ever showed it, it judges by chance.
        """
        return -self._judged(x, None, lambda critic, items, given: critic(items, given))

    def contributions(self, x: Floats) -> Floats:
        """What each coordinate adds to the score, shape (N, D), units of the score.

        Slopes are added up on the straight way from the mean item. What the mean itself scores is shared alike among
        the coordinates, so that they sum to the score.

        References:
            Sundararajan, Taly, Yan (2017): Axiomatic attribution for deep networks.
        """
        away = x - self.scaling.shift
        slopes = sum(
            self._by_item(self.scaling.shift + (place + 0.5) / STOPS * away, None, _total) for place in range(STOPS)
        )
        found = (-away * slopes / STOPS).reshape(len(x), -1)
        rest: Floats = (self.anomaly_score(x) - found.sum(axis=1)) / found.shape[1]
        return found + rest[:, None]

    # Within.

    def _gauge(self, data: Dataset) -> Gauge | None:
        """What holds made items against those of validation, where there are enough."""
        if len(data.valid) <= NEIGHBOURS:
            return None
        known = modes_of(data, lambda made: data.preparation.to_data(self.scaling.inverse(made.double().numpy())))
        return Gauge(tensor_of(self._inward(data.valid)), known)

    def _inward(self, x: Array) -> Array:
        """Rows in standard units; pictures stay bytes."""
        return x if x.dtype == np.uint8 else self.scaling.forward(x)

    def _asked(self, count: int, shape: Shape, found: Callable[[slice], Tensor]) -> Floats:
        """What networks say of items piece by piece, shape (count, *shape)."""
        with self.answering():
            result = np.empty((count, *shape))
            for part in pieces(count):
                result[part] = found(part).double().cpu().numpy()
        return result

    def _judged(
        self, x: Floats, labels: Ints | None, said: Callable[[Critic, Tensor, Tensor], Tensor], shape: Shape = ()
    ) -> Floats:
        """What the discriminator says of items and their classes, shape (N, *shape)."""
        return self._asked(len(x), shape, lambda part: said(
            critic_of(self.nets), self._tensor(x[part]), self._given(labels, len(x), part)
        ))

    def _by_item(self, x: Floats, labels: Ints | None, of: Callable[[Tensor, Tensor], Tensor]) -> Floats:
        """The gradient, by each number of items in model units, of a sum over what is said of them; (N, *item)."""
        def gradient(critic: Critic, items: Tensor, given: Tensor) -> Tensor:
            items.requires_grad_()
            with torch.enable_grad():
                total = of(critic(items, given), critic.levels)
            return torch.autograd.grad(total, items)[0]

        return self._judged(x, labels, gradient, self.shape) / self.scaling.scale

    def _tensor(self, x: Array) -> Tensor:
        """Items (N, *item), model units or bytes, as the networks take them."""
        return torch.from_numpy(self.scaling.forward(x / 255 if x.dtype == np.uint8 else x)).float().to(self._device)

    def _outward(self, x: Floats) -> Floats:
        """Items in model units."""
        found: Floats = self.scaling.inverse(x)
        return found.clip(0.0, 1.0) if len(self.shape) == 3 else found

    @property
    def _device(self) -> torch.device:
        return critic_of(self.nets).levels.device

    def _given(self, labels: Ints | None, count: int, part: slice) -> Tensor:
        return classes_given(labels, count, self.n_classes)[part].to(self._device)


def _made(generator: nn.Module, z: Tensor, given: Tensor | None) -> Tensor:
    """What noise (N, Z) becomes, of classes (N, C), or of none."""
    found: Tensor = generator(z, z.new_zeros(len(z), 0) if given is None else given)
    return found


def _total(said: Tensor, levels: Tensor) -> Tensor:
    return said.sum()


def _scaling_of(x: Array) -> Standard:
    """Mean 0 and deviation 1 of each column; intensities go from -1 to 1."""
    if x.ndim == 2:
        fitted = Standard.fit(x, ())
        return Standard(fitted.shift, fitted.scale)
    return Standard(np.full(x.shape[1:], 0.5), np.full(x.shape[1:], 0.5))
