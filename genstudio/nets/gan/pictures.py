"""Which networks play the game of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from torch import nn

from genstudio.nets.conv import Shape
from genstudio.nets.gan.growing import GrowingDiscriminator, GrowingGenerator
from genstudio.nets.gan.heads import Choices
from genstudio.nets.gan.picture import PictureDiscriminator, PictureGenerator
from genstudio.nets.gan.textbook import TextbookDiscriminator, TextbookGenerator

Architecture = Literal["residual", "textbook"]


def picture_nets(
    shape: Shape, n_classes: int, latent_dim: int, *, channels: Sequence[int],
    architecture: Architecture = "residual", progressive: bool = False, spectral_norm: bool = False,
    minibatch_stddev: bool = False, minibatch_discrimination: bool = False, pack: int = 1,
) -> tuple[nn.Module, nn.Module]:
    """A generator and a discriminator.

    The generator makes pictures (N, C, H, W), from -1 to 1, of `(z (N, latent_dim), given (N, n_classes))`. The
    discriminator says `(N,)` of `(x (N, pack C, H, W), given (N, n_classes))`, and has `features`, (N, F), of the same.
    Both have `grow(share)` where they grow, see `nets.gan.growing`.

    Arguments:
        shape: of a picture, (C, H, W); sides of any length.
        n_classes: classes that are learned apart; 0 for none.
        channels: at each size of the picture, the largest first; each size is half of the one before.
        progressive: resolutions come in one after the other, whatever the architecture.
        pack: pictures that are judged together, their channels one after another.
    """
    choices = Choices(n_classes, spectral_norm, minibatch_stddev, minibatch_discrimination, pack)
    if progressive:
        return (GrowingGenerator(shape, n_classes, latent_dim, channels),
                GrowingDiscriminator(shape, channels, choices))
    if architecture == "textbook":
        return (TextbookGenerator(shape, n_classes, latent_dim, channels),
                TextbookDiscriminator(shape, channels, choices))
    return PictureGenerator(shape, n_classes, latent_dim, channels), PictureDiscriminator(shape, channels, choices)
