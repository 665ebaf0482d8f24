"""What holds a discriminator back: penalties on its slope, in units in which columns have deviation 1."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Critic = Callable[[Tensor, Tensor], Tensor]
"""Says one number of each item (N, *item), given classes (N, C)."""


def with_slopes(critic: Critic, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """What a critic says of items, and the squared length of its gradient at each, shape (N,), to be descended."""
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        said = critic(x, given)
        slope, = torch.autograd.grad(said.sum(), x, create_graph=True)
    return said, slope.square().flatten(1).sum(1)


def zero_centred(slopes: Tensor) -> Tensor:
    """Half the mean squared slope: R1 at real items, R2 at made ones.

    References:
        Mescheder, Geiger, Nowozin (2018): Which training methods for GANs do actually converge?
    """
    return 0.5 * slopes.mean()


def one_centred(critic: Critic, real: Tensor, made: Tensor, given: Tensor, share: Tensor) -> Tensor:
    """How far slopes are from 1, somewhere between a real and a made item.

    Arguments:
        share: of the real item, 0 to 1, shape (N,).

    References:
        Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017): Improved training of Wasserstein GANs.
    """
    between = torch.lerp(made, real, share.view(-1, *[1] * (real.dim() - 1)))
    _, slopes = with_slopes(critic, between, given)
    # The root has no gradient at 0, where a critic that says the same of everything is.
    return ((slopes + 1e-12).sqrt() - 1).square().mean()
