"""From an item to a point of the latent space, for generators that have no encoder: by search, not by a formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from genstudio.models._deep import pieces

Decode = Callable[[Tensor, Tensor | None], Tensor]

STARTS = 1024
"""Latent points that are drawn, to find for each item a near one to start from."""
NOISE = 0.05
"""By so much items may differ from what is made, in deviations of what is made; weighs closeness against the prior."""
MOST_STEPS, FEWEST_STEPS = 200, 4
WORK = 3_000_000
"""Numbers of items that may be made over all steps: many steps for few items, few for many."""
_SMALLEST = 64
"""An item of fewer numbers is hardly made any quicker."""
_RATE = 0.1
_WAYS = 3
"""So many starts are followed for each of few items, as the nearest need not lead to the best."""


@dataclass(frozen=True)
class _Search:
    """What is the same for all items of a class.

    Arguments:
        classes: that class, shape (1, C), or None.
        starts, made: latent points (S, Z), and what they stand for, (S, D).
        noise: variance, squared units of items, by which they may differ from what is made.
        steps: down the objective.
        ways: starts that are followed for each item.
    """

    decode: Decode
    classes: Tensor | None
    starts: Tensor
    made: Tensor
    noise: float
    steps: int
    ways: int

    def of(self, z: Tensor) -> Tensor:
        """The items of points (N, Z), shape (N, D)."""
        return self.decode(z, None if self.classes is None else self.classes.expand(len(z), -1)).flatten(1)


def project(decode: Decode, x: Tensor, given: Tensor | None, latent_dim: int, seed: int) -> Tensor:
    """Latent points whose items are like these: the most probable ones, as far as a bounded search finds them.

    Each item starts at the nearest of `STARTS` drawn ones, and goes down its mean squared error plus what the prior
    says: towards the mode of the posterior, were there Gaussian noise of `NOISE` on items. None gets worse than where
    it started. It costs `STARTS` items for each class that occurs, and then as many again as the
    steps times the items, forward and backward: one picture takes `MOST_STEPS` along each of some ways, thousands
    take `FEWEST_STEPS`. A point so found depends on how many are asked for together.

    Arguments:
        decode: takes latent points (N, Z) and classes (N, C), or None, to items (N, *item); each item must hang on its
            own point alone (so normalization over batches must be evaluating). Its gradients are left alone.
        x: items, shape (N, *item), in the precision of the search.
        given: their classes as rows of 0 and 1, shape (N, C); None where there are none.
        seed: of the points that are drawn; the same seed finds the same.

    Returns:
        Shape (N, Z).

    References:
        Zhu, Krähenbühl, Shechtman, Efros (2016): Generative visual manipulation on the natural image manifold.
        Creswell, Bharath (2018): Inverting the generator of a generative adversarial network.
    """
    starts = torch.randn(STARTS, latent_dim, generator=torch.Generator().manual_seed(seed)).to(x)
    found, steps = x.new_empty(len(x), latent_dim), _steps(x)
    for rows, classes in _alike(given, len(x)):
        search = _search(decode, classes, starts, steps)
        for part in pieces(len(rows)):
            found[rows[part]] = _projected(search, x[rows[part]].flatten(1))
    return found


def _steps(x: Tensor) -> int:
    numbers = len(x) * max(math.prod(x.shape[1:]), _SMALLEST)
    return min(MOST_STEPS, max(FEWEST_STEPS, WORK // max(numbers, 1)))


def _alike(given: Tensor | None, count: int) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Rows of the same class, and that class, shape (1, C)."""
    if given is None or not given.shape[1]:
        yield torch.arange(count), given if given is None else given[:1]
        return
    classes, which = torch.unique(given, dim=0, return_inverse=True)
    for code in range(len(classes)):
        yield (which == code).nonzero()[:, 0], classes[code:code + 1]


def _search(decode: Decode, classes: Tensor | None, starts: Tensor, steps: int) -> _Search:
    """What is drawn is made once, for all items of the class."""
    search = _Search(decode, classes, starts, starts, 0.0, steps, _WAYS if steps == MOST_STEPS else 1)
    with torch.no_grad():
        made = torch.cat([search.of(starts[part]) for part in pieces(len(starts))])
    return replace(search, made=made, noise=NOISE**2 * float(made.var(dim=0).mean()))


def _projected(search: _Search, x: Tensor) -> Tensor:
    """Points (N, Z) of items (N, D): the best that any way came by."""
    starts = search.starts[_nearest(search, x)]
    best, cost = _descended(search, starts.flatten(0, 1), x.repeat_interleave(search.ways, dim=0))
    choice = cost.view(len(x), -1).argmin(dim=1)
    return best.view(starts.shape)[torch.arange(len(x)), choice]


def _nearest(search: _Search, x: Tensor) -> Tensor:
    """Which of the starts have the lowest objective, shape (N, ways)."""
    apart = (search.made**2).sum(1) - 2 * x @ search.made.T
    return (apart + search.noise * (search.starts**2).sum(1)).topk(search.ways, largest=False).indices


def _descended(search: _Search, z: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """The best points (N, Z) on the way down, and their objective, shape (N,)."""
    z = z.clone().requires_grad_()
    adam = torch.optim.Adam([z], lr=_RATE, foreach=False)
    best, least = z.detach().clone(), x.new_full((len(x),), math.inf)
    for step in range(search.steps + 1):
        with torch.enable_grad():
            cost = ((search.of(z) - x) ** 2).mean(1) + search.noise / x.shape[1] * (z**2).sum(1)
            # Of the points alone: what the networks' own gradients hold is not touched.
            z.grad, = torch.autograd.grad(cost.sum(), z)
        better = cost.detach() < least
        best[better], least[better] = z.detach()[better], cost.detach()[better]
        adam.param_groups[0]["lr"] = _RATE * 0.5 * (1 + math.cos(math.pi * step / search.steps))
        adam.step()
    return best, least
