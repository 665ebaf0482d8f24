"""Weights by name, and their moving average."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Weights = dict[str, Tensor]
Arrays = dict[str, NDArray[Any]]


def weights_of(nets: Mapping[str, nn.Module]) -> Weights:
    """Parameters and buffers of some nets, `net.name` each; not copied."""
    return {f"{name}.{key}": value for name, net in nets.items() for key, value in net.state_dict().items()}


def take(nets: Mapping[str, nn.Module], weights: Mapping[str, Tensor]) -> None:
    """Copy weights into nets.

    Raises:
        KeyError, ValueError: one is missing, or has another shape.
    """
    with torch.no_grad():
        for name, place in weights_of(nets).items():
            given = weights[name]
            if given.shape != place.shape:
                raise ValueError(f"`{name}` has shape {tuple(given.shape)}, not {tuple(place.shape)}")
            place.copy_(given)


class Keeper:
    """A moving average of the weights of some nets, as torch's own update makes it; none where the decay is 0."""

    def __init__(self, nets: Mapping[str, nn.Module], decay: float) -> None:
        self._nets, self._decay = nets, decay
        self._average: Weights = {}
        self._steps = 0
        if decay:
            self.forget()

    def forget(self) -> None:
        """Begin anew from the weights as they are."""
        self._steps = 0
        if self._decay:
            self._average = {name: tensor.detach().clone() for name, tensor in weights_of(self._nets).items()}

    def follow(self) -> None:
        """Take in the weights as they are now; early on the average follows faster, so that the start is forgotten."""
        if not self._decay:
            return
        self._steps += 1
        share = 1.0 - min(self._decay, self._steps / (self._steps + 10.0))
        now = weights_of(self._nets)
        floats = [name for name, tensor in self._average.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([self._average[name] for name in floats], [now[name] for name in floats], share)
        for name in self._average.keys() - set(floats):
            self._average[name].copy_(now[name])

    def weights(self) -> Weights:
        """The average, `net.name` each; empty where none is made."""
        return {**self._average, **({"steps": torch.tensor(self._steps)} if self._average else {})}

    def load(self, weights: Weights) -> None:
        """Go on from what `weights` told."""
        if not self._decay:
            return
        self._steps = int(weights["steps"])
        self._average = {name: weights[name].clone() for name in self._average}

    @contextlib.contextmanager
    def shown(self, nets: Mapping[str, nn.Module]) -> Iterator[None]:
        """Inside, the nets hold the average."""
        if not self._average:
            yield
            return
        own = {name: tensor.clone() for name, tensor in weights_of(nets).items()}
        take(nets, self._average)
        try:
            yield
        finally:
            take(nets, own)
