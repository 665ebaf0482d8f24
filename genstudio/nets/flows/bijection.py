"""What every layer of a flow is: invertible, with the log-determinant of its Jacobian."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn


class Bijection(nn.Module):
    """An invertible map of points; forward leads from the data towards the base."""

    @abstractmethod
    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the base.

        Arguments:
            x: points, shape (N, *item).
            given: classes as rows of 0 and 1, shape (N, n_classes); no columns where none are learned apart.

        Returns:
            The points there, shape (N, *item), and log |det dz/dx| of each, shape (N,).
        """

    @abstractmethod
    def inverse(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the data: the points that `forward` brings to z, and log |det dx/dz| of each, shape (N,)."""
