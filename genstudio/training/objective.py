"""What is descended, as one function of plain tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

Function = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]
"""What a network computes, as a function of the tensors that `tensors_of` tells of it and of what goes in."""


class Objective:
    """Calls a network on plain tensors; every learner of one network goes through it.

    All that is random is drawn before and given as a tensor, so that the same call gives the same gradient however
    it is carried out.

    Arguments:
        net: its `forward` gives what the loss is made of.
    """

    def __init__(self, net: nn.Module) -> None:
        self.net = net
        self._compiled: Function | None = None
        self._tensors: tuple[Tensor, ...] = ()
        self._form: object = None

    def __call__(self, *given: Tensor) -> Tensor:
        """What the network says."""
        # The last batch of a pass is smaller, and no gradient is wanted of a validation: those go on as ever.
        if self._compiled is not None and torch.is_grad_enabled() and form_of(given) == self._form:
            return self._compiled(self._tensors, given)
        found: Tensor = self.net(*given)
        return found

    def carry_out_by(self, compiled: Function | None, like: Sequence[Tensor] = ()) -> None:
        """From now on gradients come by another function, or by the network itself again where that is None.

        Arguments:
            like: what the function was made for; whatever has another form goes through the network.
        """
        self._compiled, self._form = compiled, form_of(like)
        self._tensors = tuple(tensors_of(self.net).values()) if compiled is not None else ()


def tensors_of(net: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers of a network by name, each once."""
    return {**dict(net.named_parameters()), **dict(net.named_buffers())}


def form_of(given: Sequence[Tensor]) -> object:
    """What a compiled function relies on."""
    return [(x.shape, x.stride(), x.dtype, x.device) for x in given]
