"""What is descended, as one function of plain tensors."""

from __future__ import annotations

from torch import Tensor, nn


class Objective:
    """Calls a network on plain tensors; every learner of one network goes through it.

    All that is random is drawn before and given as a tensor, so that the same call gives the same gradient however
    it is carried out.

    Arguments:
        net: its `forward` gives what the loss is made of.
    """

    def __init__(self, net: nn.Module) -> None:
        self.net = net

    def __call__(self, *given: Tensor) -> Tensor:
        """What the network says."""
        found: Tensor = self.net(*given)
        return found
