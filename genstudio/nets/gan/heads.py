"""What discriminators of pictures have in common: their choices, dropout that can be repeated, and the last layer."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from genstudio.nets.gan.remedies import MinibatchDiscrimination, MinibatchStddev

KERNELS = 16
"""Figures of closeness by which minibatch discrimination describes the company of an item."""


@dataclass(frozen=True)
class Choices:
    """What is chosen of any discriminator.

    Arguments:
        n_classes: classes that are given beside items; 0 for none.
        spectral_norm: every layer is kept from stretching anything by more than its input.
        minibatch_stddev: it is told how much the items of a group differ.
        minibatch_discrimination: it is told how close other items of the batch come.
        pack: items that are judged together, their channels one after another.
    """

    n_classes: int = 0
    spectral_norm: bool = False
    minibatch_stddev: bool = False
    minibatch_discrimination: bool = False
    pack: int = 1


class Head(nn.Module):
    """A dense layer to one number, to which classes add what features along their own direction come to.

    References:
        Miyato, Koyama (2018): cGANs with projection discriminator.

    Arguments:
        features: of an item.
    """

    def __init__(self, features: int, choices: Choices) -> None:
        super().__init__()
        company: list[nn.Module] = []
        seen = features
        if choices.minibatch_stddev:
            company.append(MinibatchStddev())
            seen += 1
        if choices.minibatch_discrimination:
            company.append(MinibatchDiscrimination(seen, KERNELS))
            seen += KERNELS
        self.company = nn.Sequential(*company)
        self.last = nn.Linear(seen, 1)
        self.given = nn.Linear(choices.n_classes, features, bias=False) if choices.n_classes else None

    def forward(self, features: Tensor, given: Tensor) -> Tensor:
        """Numbers (N,) of features (N, F), given classes (N, n_classes)."""
        found: Tensor = self.last(self.company(features)).squeeze(1)
        if self.given is None:
            return found
        by_class: Tensor = (features * self.given(given)).sum(dim=1)
        return found + by_class


class SeededDropout(nn.Module):
    """Dropout whose random numbers are part of the net's state, so that training goes on as if never interrupted.

    Arguments:
        share: of the numbers that are left out, in steps of 1/256.
    """

    seed: Tensor

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.register_buffer("seed", torch.randint(2**62, ()))

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, ...), some left out and the others enlarged; as they are where the net only answers."""
        if not self.training:
            return x
        self.seed += 1
        draw = torch.Generator(x.device).manual_seed(int(self.seed))
        # Eight numbers are cut out of each that is drawn: drawing takes longer than all else.
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        numbers = words.random_(-(2**63), None, generator=draw).view(torch.uint8)[: x.numel()]
        kept = (numbers >= round(256 * self.share)).view(len(x), *x.shape[2:], x.shape[1]).movedim(-1, 1)
        return x * (kept / (1.0 - self.share))


def normed_by_spectrum(net: nn.Module) -> None:
    """Divide the weights of each layer by the most by which they stretch anything.

    References:
        Miyato, Kataoka, Koyama, Yoshida (2018): Spectral normalization for generative adversarial networks.
    """
    for layer in list(net.modules()):
        if isinstance(layer, nn.Linear | nn.Conv2d):
            parametrizations.spectral_norm(layer)
