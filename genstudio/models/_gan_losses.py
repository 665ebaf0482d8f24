"""The games that a generator and a discriminator can play: what each of them descends, and what its verdict means.

All are told what the discriminator says of real and of made items, one number each, not squashed, shape (N,).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor


class Game(ABC):
    """One pair of losses, each a mean over items.

    Attributes:
        compares: the generator's loss looks at real items, too.
    """

    compares: ClassVar[bool] = False

    @abstractmethod
    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """What the discriminator descends.

        Arguments:
            smoothing: how far below 1 the label of real items is, in games that have labels.
        """

    @abstractmethod
    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """What the generator descends; `real` is looked at where the game compares."""

    @abstractmethod
    def verdict(self, said: Tensor, levels: Tensor) -> Tensor:
        """How real items are held to be, 0 to 1; rises with what is said of them, and is 0.5 where it cannot tell.

        Arguments:
            levels: what is usually said of real and of made items, shape (2,), for games whose numbers have no zero.
        """


class Minimax(Game):
    """Cross-entropy of real against made; the generator climbs it.

    References:
        Goodfellow et al. (2014): Generative adversarial nets.
    """

    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """The cross-entropy; the label of real items is 1 less the smoothing (Salimans et al., 2016)."""
        return (F.softplus(-real) + smoothing * real).mean() + F.softplus(made).mean()

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """The log-probability that made items are made, which is flat where that is certain."""
        return -F.softplus(made).mean()

    def verdict(self, said: Tensor, levels: Tensor) -> Tensor:
        """The probability that it learns to tell."""
        return torch.sigmoid(said)


class NonSaturating(Minimax):
    """The same discriminator; the generator makes it likely that made items are held to be real.

    References:
        Goodfellow et al. (2014): Generative adversarial nets, section 3.
    """

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """Minus the log-probability that made items are real."""
        return F.softplus(-made).mean()


class LeastSquares(Game):
    """Squared errors against labels 1 and 0.

    References:
        Mao, Li, Xie, Lau, Wang, Smolley (2017): Least squares generative adversarial networks.
    """

    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """Half the squared errors."""
        return 0.5 * ((real - 1 + smoothing).square().mean() + made.square().mean())

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """Half the squared distance from the label of real items."""
        return 0.5 * (made - 1).square().mean()

    def verdict(self, said: Tensor, levels: Tensor) -> Tensor:
        """What is said, cut to 0 to 1: at the optimum it is the probability of a real item."""
        return said.clamp(0.0, 1.0)


class Hinge(Game):
    """The discriminator parts real from made by a margin and cares no further.

    References:
        Lim, Ye (2017): Geometric GAN.
        Miyato, Kataoka, Koyama, Yoshida (2018): Spectral normalization for generative adversarial networks.
    """

    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """How far real items are below 1, and made ones above -1."""
        return F.relu(1 - real).mean() + F.relu(1 + made).mean()

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """Minus what is said."""
        return -made.mean()

    def verdict(self, said: Tensor, levels: Tensor) -> Tensor:
        """0 and 1 at the margins, straight between them."""
        return ((1 + said) / 2).clamp(0.0, 1.0)


class Wasserstein(Game):
    """The discriminator measures how far made items are from real ones; its slope must be held near 1.

    References:
        Arjovsky, Chintala, Bottou (2017): Wasserstein GAN.
        Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017): Improved training of Wasserstein GANs.
    """

    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """Minus the distance."""
        return made.mean() - real.mean()

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """Minus what is said."""
        return -made.mean()

    def verdict(self, said: Tensor, levels: Tensor) -> Tensor:
        """The sigmoid of how far it is above the middle between what is usually said of real and of made items."""
        return torch.sigmoid(said - levels.mean())


class Relativistic(Wasserstein):
    """Cross-entropy of which one of a real and a made item is the real one.

    References:
        Jolicoeur-Martineau (2019): The relativistic discriminator.
        Huang, Gokaslan, Kuleshov, Tompkin (2024): The GAN is dead; long live the GAN! (with both gradient penalties).
    """

    compares = True

    def discriminator(self, real: Tensor, made: Tensor, smoothing: float) -> Tensor:
        """The cross-entropy over pairs, in the order in which they come."""
        return F.softplus(made - real).mean()

    def generator(self, real: Tensor, made: Tensor) -> Tensor:
        """The same with the parts exchanged."""
        return F.softplus(real - made).mean()


GAMES: dict[str, Game] = {
    "non_saturating": NonSaturating(), "minimax": Minimax(), "least_squares": LeastSquares(), "hinge": Hinge(),
    "wasserstein": Wasserstein(), "relativistic": Relativistic(),
}
