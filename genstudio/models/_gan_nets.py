"""The two networks of a game, by the kind of data; and how a discriminator of several items judges one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import torch
from torch import Tensor, nn

from genstudio.models._gan_settings import GanSettings
from genstudio.nets.gan.dense import DenseDiscriminator, DenseGenerator
from genstudio.nets.gan.remedies import pack, pack_with

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
COMPANY = 64
"""So many real items are kept for a discriminator of packs, to judge single items beside."""
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
        kept = COMPANY if together > 1 else 0
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
        """What its last hidden layer makes of items, shape (N, F); of packs as many as there are."""
        found: Tensor = self.net.features(*self._packed(x, given))  # type: ignore[operator]
        return found

    def forward(self, x: Tensor, given: Tensor) -> Tensor:
        """One number of each item (N, *item), not squashed; while packs are learned, of each pack."""
        said: Tensor = self.net(*self._packed(x, given))
        return said

    def _packed(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        if self._together == 1:
            return x, given
        packed, classes = (
            (pack(x, self._together), pack(given, self._together)) if self.training else
            (pack_with(x, self.company, self._together), pack_with(given, self.company_given, self._together))
        )
        # Of the classes of a pack, their shares are told.
        return packed, classes.view(len(packed), self._together, -1).mean(dim=1)


def nets_for(settings: GanSettings, shape: tuple[int, ...], n_classes: int) -> dict[str, nn.Module]:
    """Untrained networks by name."""
    together = settings.pack
    widths = settings.hidden_features
    generator = DenseGenerator(settings.latent_dim, n_classes, widths, shape[0])
    discriminator = DenseDiscriminator(
        together * shape[0], n_classes, widths, waves=settings.waves, by_norm=settings.spectral_norm,
        minibatch_discrimination=settings.minibatch_discrimination, minibatch_stddev=settings.minibatch_stddev,
    )
    return {GENERATOR: generator, DISCRIMINATOR: Critic(discriminator, shape, n_classes, together)}


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
