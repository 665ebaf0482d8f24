"""A moving average of weights, which is what is shown and kept instead of the weights themselves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from genstudio.training.descent_state import Arrays, Weights, copies, from_arrays, put, to_arrays

_RAMP = 10.0


class MovingAverage:
    """Follows the weights of some nets exponentially; nothing at all where the decay is 0.

    Buffers of numbers are averaged, too; counters are taken as they are.

    Arguments:
        decay: share of the average that stays at each step. It grows to this from 1/11, so that the
            weights at the start are soon forgotten.
    """

    def __init__(self, nets: Mapping[str, nn.Module], decay: float) -> None:
        self._decay, self._steps = decay, 0
        self._own = _tensors(nets) if decay else {}
        self.weights: Weights = copies(self._own)
        floats = [name for name, tensor in self._own.items() if tensor.is_floating_point()]
        self._floats = [self.weights[name] for name in floats], [self._own[name] for name in floats]
        self._counters = [name for name in self._own if name not in floats]
        self._inside = False

    def follow(self) -> None:
        """Take in the weights as they are now."""
        if not self._own:
            return
        self._steps += 1
        with torch.no_grad():
            torch._foreach_lerp_(*self._floats, 1.0 - min(self._decay, self._steps / (self._steps + _RAMP)))
            for name in self._counters:
                self.weights[name].copy_(self._own[name])

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Inside, the nets hold the average."""
        if self._inside:
            yield
            return
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        # Storage changes hands, nothing is copied: a look costs the same however large the nets are.
        self._inside = not self._inside
        for name, own in self._own.items():
            mean = self.weights[name]
            own.data, mean.data = mean.data, own.data

    def state(self) -> Arrays:
        """The average and for how many steps it has been made; empty where none is."""
        if not self._own:
            return {}
        return to_arrays("average", {**self.weights, "steps": torch.tensor(self._steps)})

    def load(self, arrays: Arrays) -> None:
        """Go on from what `state` told; raises KeyError or ValueError where it does not fit."""
        if self._own:
            kept = from_arrays("average", arrays)
            put(self.weights, kept)
            self._steps = int(kept["steps"])


def _tensors(nets: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """The tensors that nets are made of, by name; those that serve twice, once."""
    named = {
        f"{name}.{key}": tensor for name, net in nets.items()
        for key, tensor in net.state_dict(keep_vars=True).items()
    }
    first = {id(tensor): name for name, tensor in reversed(named.items())}
    return {name: tensor for name, tensor in named.items() if first[id(tensor)] == name}
