"""Linear layers that mix coordinates, so that every layer of a flow bends along other directions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.nets.flows.bijection import Bijection


class Mixing(Bijection):
    """A matrix with a learned decomposition P L U, which starts as a random rotation.

    References:
        Kingma, Dhariwal (2018): Glow: generative flow with invertible 1 × 1 convolutions.
    """

    permutation: Tensor
    signs: Tensor

    def __init__(self, dimension: int) -> None:
        super().__init__()
        # On the processor in any case: networks are also built where there is no memory behind them.
        with torch.device("cpu"):
            permutation, lower, upper = torch.linalg.lu(_rotation(dimension))
        diagonal = upper.diagonal()
        self.register_buffer("permutation", permutation)
        self.register_buffer("signs", diagonal.sign())
        self.lower = nn.Parameter(lower.tril(-1))
        self.upper = nn.Parameter(upper.triu(1))
        self.log_diagonal = nn.Parameter(diagonal.abs().log())

    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Points mixed; the log-determinant is the same everywhere."""
        lower, upper = self._triangles()
        return F.linear(F.linear(F.linear(x, upper), lower), self.permutation), self._log_det().expand(len(x))

    def inverse(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Points unmixed, by solving two triangular systems."""
        lower, upper = self._triangles()
        half = torch.linalg.solve_triangular(lower, (z @ self.permutation).T, upper=False, unitriangular=True)
        return torch.linalg.solve_triangular(upper, half, upper=True).T, -self._log_det().expand(len(z))

    def _log_det(self) -> Tensor:
        return self.log_diagonal.sum()

    def _triangles(self) -> tuple[Tensor, Tensor]:
        one = torch.eye(len(self.lower), dtype=self.lower.dtype, device=self.lower.device)
        return self.lower.tril(-1) + one, self.upper.triu(1) + torch.diag(self.signs * self.log_diagonal.exp())


def _rotation(dimension: int) -> Tensor:
    """A random rotation that turns coordinates as little from themselves as the signs of its columns allow.

    One that reflects, or turns far, would take points through the middle of the data on their way.
    """
    q = torch.linalg.qr(torch.randn(dimension, dimension))[0]
    q = torch.where(q.diagonal() < 0, -q, q)
    if torch.linalg.det(q) < 0:
        q[:, q.diagonal().argmin()] *= -1
    return q
