"""Coupling layers: some coordinates are bent by what the others, which stay as they are, call for.

References:
    Dinh, Sohl-Dickstein, Bengio (2017): Density estimation using Real NVP.
    Durkan, Bekasov, Murray, Papamakarios (2019): Neural spline flows.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from genstudio.nets.flows.bending import Bending
from genstudio.nets.flows.bijection import Bijection

MakeConditioner = Callable[[int, int], nn.Module]
"""Makes a network of so many coordinates that stay, and so many outputs; called with the coordinates and classes."""


class Coupling(Bijection):
    """One half of the coordinates is bent, each number on its own, as a network of the other half says.

    Arguments:
        dimension: coordinates; of one alone, classes are all that the network knows.
        first: the first half is bent and the second stays, rather than the other way round.
        bending: how numbers are bent.
    """

    def __init__(self, dimension: int, bending: Bending, conditioner: MakeConditioner, *, first: bool) -> None:
        super().__init__()
        half = dimension // 2
        self._sizes = (dimension - half, half) if first and half else (half, dimension - half)
        self._first, self._bending = first and half > 0, bending
        kept, bent = self._parted_sizes()
        self.conditioner = conditioner(kept, bent * bending.n_parameters)

    def forward(self, x: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """The half that stays, beside the other one bent."""
        kept, bent = self._parted(x)
        bent, log_slopes = self._bending(bent, self._wanted(kept, given))
        return self._joined(kept, bent), log_slopes.sum(1)

    def inverse(self, z: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """The half that stays, beside the other one bent back."""
        kept, bent = self._parted(z)
        bent, log_slopes = self._bending.inverse(bent, self._wanted(kept, given))
        return self._joined(kept, bent), log_slopes.sum(1)

    def _wanted(self, kept: Tensor, given: Tensor) -> Tensor:
        said: Tensor = self.conditioner(kept, given)
        return said.view(len(said), said.shape[1] // self._bending.n_parameters, self._bending.n_parameters)

    def _parted_sizes(self) -> tuple[int, int]:
        one, other = self._sizes
        return (other, one) if self._first else (one, other)

    def _parted(self, x: Tensor) -> tuple[Tensor, Tensor]:
        one, other = torch.split(x, list(self._sizes), 1)
        return (other, one) if self._first else (one, other)

    def _joined(self, kept: Tensor, bent: Tensor) -> Tensor:
        return torch.cat([bent, kept] if self._first else [kept, bent], 1)
