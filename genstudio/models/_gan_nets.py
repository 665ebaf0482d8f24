"""The two networks of a game, by the kind of data; and how a discriminator of several items judges one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from genstudio.models._gan_settings import GanSettings
from genstudio.nets.gan.dense import DenseDiscriminator, DenseGenerator
from genstudio.nets.gan.growing import Growing
from genstudio.nets.gan.heads import Choices
from genstudio.nets.gan.pictures import picture_nets
from genstudio.nets.gan.remedies import pack, pack_with

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
COMPANIES = 8
"""A discriminator of packs judges a single item in so many packs, filled up with real ones; the mean counts."""
FOLLOWED = 0.05
"""So fast the usual levels follow those of the last batch."""


class Critic(nn.Module):
    """A discriminator, and what its numbers have to be seen against.

    Where it judges packs, a batch is packed as it comes while learning; one that only answers (`eval()`) judges each
    item among real ones.

    Arguments:
        net: takes what is packed, and the mean of the classes in it, to one number.
        shape: of an item.
        n_classes: that are given beside items; 0 for none.
        together: items of a pack; 1 judges each alone.
    """

    levels: Tensor
    batches: Tensor
    company: Tensor
    company_given: Tensor

    def __init__(self, net: nn.Module, shape: tuple[int, ...], n_classes: int, together: int) -> None:
        super().__init__()
        self.net, self._together = net, together
        self.register_buffer("levels", torch.zeros(2))
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))
        kept = COMPANIES * (together - 1)
        self.register_buffer("company", torch.zeros(kept, *shape), persistent=kept > 0)
        self.register_buffer("company_given", torch.zeros(kept, n_classes), persistent=kept * n_classes > 0)

    def keep_company(self, real: Tensor, given: Tensor) -> None:
        """Keep some real items, which take turns where there are fewer."""
        turns = torch.arange(len(self.company), device=real.device) % len(real)
        self.company.copy_(real[turns])
        self.company_given.copy_(given[turns])

    def follow(self, real: Tensor, made: Tensor) -> None:
        """Take in what was said of real and of made items."""
        levels = torch.stack([real.detach().mean(), made.detach().mean()])
        self.batches += 1
        self.levels.lerp_(levels.to(self.levels.dtype), max(FOLLOWED, 1 / int(self.batches)))

    def features(self, x: Tensor, given: Tensor) -> Tensor:
        """What its last hidden layer makes of items, shape (N, F); while packs are learned, of each pack."""
        return self._mean(self.net.features(*self._packed(x, given)))  # type: ignore[operator]

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """One number of each item (N, *item), not squashed; while packs are learned, of each pack."""
        return self._mean(self.net(*self._packed(x, given)))

    def _packed(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        if self._together == 1:
            return x, given
        packed = self._beside(x, self.company)
        if not given.shape[1]:
            return packed, given.new_zeros(len(packed), 0)
        # Of the classes of a pack, their shares are told.
        told = self._beside(given, self.company_given)
        return packed, told.view(len(told), self._together, given.shape[1]).mean(dim=1)

    def _beside(self, x: Tensor, company: Tensor) -> Tensor:
        if self.training:
            return pack(x, self._together)
        return pack_with(x.repeat_interleave(COMPANIES, dim=0), company, self._together)

    def _mean(self, said: Tensor) -> Tensor:
        """The mean over the packs in which an item was judged."""
        if self.training or self._together == 1:
            return said
        return said.view(len(said) // COMPANIES, COMPANIES).mean(dim=1)


def nets_for(settings: GanSettings, shape: tuple[int, ...], n_classes: int) -> dict[str, nn.Module]:
    """Untrained networks by name: dense for rows, convolutional for pictures."""
    generator, discriminator = (
        _of_pictures(settings, (shape[0], shape[1], shape[2]), n_classes) if len(shape) == 3 else
        _of_rows(settings, shape[0], n_classes)
    )
    return {GENERATOR: generator, DISCRIMINATOR: Critic(discriminator, shape, n_classes, settings.pack)}


def looks_at_batches(settings: GanSettings) -> bool:
    """Whether what a discriminator says of an item hangs on those beside it, so that real and made must be apart."""
    return settings.pack > 1 or settings.minibatch_discrimination or settings.minibatch_stddev


def _of_rows(settings: GanSettings, dimension: int, n_classes: int) -> tuple[nn.Module, nn.Module]:
    choices = Choices(
        n_classes, settings.spectral_norm, settings.minibatch_stddev, settings.minibatch_discrimination, settings.pack
    )
    widths = settings.hidden_features
    own = settings.generator_features or widths
    return (DenseGenerator(settings.latent_dim, n_classes, own, dimension, waves=settings.latent_waves),
            DenseDiscriminator(dimension, widths, choices, waves=settings.waves))


def _of_pictures(settings: GanSettings, shape: tuple[int, int, int], n_classes: int) -> tuple[nn.Module, nn.Module]:
    return picture_nets(
        shape, n_classes, settings.latent_dim, channels=settings.channels, architecture=settings.architecture,
        progressive=settings.progressive, spectral_norm=settings.spectral_norm, pack=settings.pack,
        minibatch_discrimination=settings.minibatch_discrimination, minibatch_stddev=settings.minibatch_stddev,
    )


def grow(nets: Mapping[str, nn.Module], share: float) -> None:
    """Let networks that grow come to where growth is after a share, 0 to 1, of the training."""
    for net in nets.values():
        inner = net.net if isinstance(net, Critic) else net
        if isinstance(inner, Growing):
            inner.grow(share)


def critic_of(nets: Mapping[str, nn.Module]) -> Critic:
    """The discriminator among networks."""
    return cast("Critic", nets[DISCRIMINATOR])


@contextmanager
def only_answering(nets: Mapping[str, nn.Module]) -> Iterator[None]:
    """Inside, nothing that networks keep of batches changes, and what is said of an item hangs on that item alone."""
    learning = [net for net in nets.values() if net.training]
    for net in learning:
        net.eval()
    try:
        yield
    finally:
        for net in learning:
            net.train()


def growth_of(nets: Mapping[str, nn.Module]) -> tuple[tuple[int, int], tuple[int, int], float] | None:
    """The coarser and the finer resolution that pictures are made of, and the share of the finer, of nets that grow."""
    generator = nets.get(GENERATOR)
    if not isinstance(generator, Growing):
        return None
    blend = generator.blend()
    return blend.low, blend.high, blend.share
