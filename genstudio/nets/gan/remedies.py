"""What helps a generator that makes the same thing again and again: a discriminator that sees several at once."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn

_FOLLOWED = 0.02
"""So fast the usual company follows that of the last batch."""
_SMALLEST = 1e-8
"""What is added to a variance, so that its root has a gradient at 0."""


class _Company(nn.Module):
    """A layer that tells of an item in what company it comes.

    A network that learns compares the items of a batch. One that only answers (`eval()`) is told the usual company
    instead, a moving average over all batches, made or real: its verdict on an item then hangs on that item alone.

    Arguments:
        size: figures that tell of the company.
    """

    usual: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(size))

    def _told(self, company: Tensor) -> Tensor:
        """The figures (N, size) to be told of a batch."""
        if not self.training:
            return self.usual.to(company.dtype).expand_as(company)
        with torch.no_grad():
            self.usual.lerp_(company.mean(dim=0).to(self.usual.dtype), _FOLLOWED)
        return company


class MinibatchDiscrimination(_Company):
    """Appends to the features of an item how close others of its batch come to it.

    Each item is projected to `kernels` points of `dims` coordinates. For each kernel it is told the mean, over the
    other items, of exp(-L1 distance of the points). The paper's sum grows with the batch; the mean does not.

    Arguments:
        features: of an item, F.

    References:
        Salimans, Goodfellow, Zaremba, Cheung, Radford and Chen (2016), Improved techniques for training GANs.
    """

    def __init__(self, features: int, kernels: int = 16, dims: int = 5) -> None:
        super().__init__(kernels)
        self.projection = nn.Parameter(torch.randn(features, kernels, dims) / (features * dims) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Features with their closeness beside them, (N, F + kernels), of features (N, F)."""
        return torch.cat([x, self._told(self._closeness(x))], dim=1)

    def _closeness(self, x: Tensor) -> Tensor:
        coordinates = torch.einsum("nf,fkd->dkn", x, self.projection)
        # One coordinate after the other stays in the processor's cache, which all pairs at once do not.
        apart = reduce(torch.add, ((one[:, :, None] - one[:, None]).abs() for one in coordinates))
        # An item is at no distance from itself, which tells nothing.
        others: Tensor = torch.exp(-apart).sum(dim=2).T - 1.0
        return others / max(1, len(x) - 1)


class MinibatchStddev(_Company):
    """Appends how much the items of a group differ: one number, as a further column or channel.

    It is the standard deviation over the group of each feature, averaged over the features. Groups take every so
    manieth item of the batch; where `group` does not divide the batch, the next smaller number does that does.

    Arguments:
        group: items that are compared with one another.

    References:
        Karras, Aila, Laine and Lehtinen (2018), Progressive growing of GANs for improved quality, stability, and
        variation.
    """

    def __init__(self, group: int = 4) -> None:
        super().__init__(1)
        self._group = group

    def forward(self, x: Tensor) -> Tensor:
        """Rows (N, F) become (N, F + 1), maps (N, C, H, W) become (N, C + 1, H, W)."""
        told = self._told(self._deviation(x)).view(-1, 1, *[1] * (x.dim() - 2))
        return torch.cat([x, told.expand(-1, 1, *x.shape[2:])], dim=1)

    def _deviation(self, x: Tensor) -> Tensor:
        group = next(size for size in range(min(self._group, len(x)), 0, -1) if len(x) % size == 0)
        grouped = x.reshape(group, -1, *x.shape[1:])
        deviation = (grouped.var(dim=0, unbiased=False) + _SMALLEST).sqrt()
        return deviation.flatten(1).mean(dim=1, keepdim=True).repeat(group, 1)


def pack(x: Tensor, together: int) -> Tensor:
    """Items that are judged together: (N, F) becomes (N / together, together F); maps stack their channels.

    Neighbours in the batch go together; what is left over at the end goes without.

    References:
        Lin, Khetan, Fanti and Oh (2018), PacGAN: the power of two samples in generative adversarial networks.
    """
    return x[: len(x) // together * together].reshape(-1, together * x.shape[1], *x.shape[2:])


def pack_with(x: Tensor, company: Tensor, together: int) -> Tensor:
    """Each item in front of `together - 1` others, so that one verdict is about one item.

    Arguments:
        x: the items, shape (N, F) or (N, C, H, W).
        company: at least one item, shape (M, F) or (M, C, H, W); they take turns.

    Returns:
        shape (N, together F) or (N, together C, H, W).
    """
    turns = torch.arange(len(x) * (together - 1), device=x.device) % len(company)
    others = company[turns].reshape(len(x), (together - 1) * x.shape[1], *x.shape[2:])
    return torch.cat([x, others], dim=1)


def mode_seeking(noises: tuple[Tensor, Tensor], made: tuple[Tensor, Tensor]) -> Tensor:
    """A loss that is small where different noise becomes different items.

    It is the mean L1 distance of the noises over that of what they became.

    Arguments:
        noises: twice (N, Z), each with a partner in the same place.
        made: what each became, twice (N, *item).

    References:
        Mao, Lee, Tseng, Ma and Yang (2019), Mode seeking generative adversarial networks for diverse image synthesis.
    """
    apart = (made[0] - made[1]).abs().mean() / (noises[0] - noises[1]).abs().mean()
    return 1.0 / (apart + 1e-5)
