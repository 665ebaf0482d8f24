"""How gradients are followed: one optimizer a net, with clipping."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from genstudio.training.descent_settings import DescentSettings
from genstudio.training.descent_state import Arrays, Weights, from_arrays, to_arrays


class Optimizers:
    """Adam for each of some nets, or AdamW where weights decay."""

    def __init__(self, nets: Mapping[str, nn.Module], settings: DescentSettings) -> None:
        self._longest = settings.clip_norm or math.inf
        self._parameters = {name: list(net.parameters()) for name, net in nets.items()}
        kind = torch.optim.AdamW if settings.weight_decay else torch.optim.Adam
        self._optimizers: dict[str, torch.optim.Optimizer] = {
            name: kind(
                parameters, lr=settings.learning_rate, betas=settings.betas(), weight_decay=settings.weight_decay,
                fused=True,
            )
            for name, parameters in self._parameters.items()
        }

    def gradient(self, name: str, loss: Tensor) -> float:
        """Compute one net's gradient and shorten it where it is too long; how long it was."""
        self._optimizers[name].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        gradients = [p.grad for p in self._parameters[name] if p.grad is not None]
        norm = nn.utils.get_total_norm(gradients)
        length = float(norm)
        if length > self._longest:
            nn.utils.clip_grads_with_norm_(self._parameters[name], self._longest, norm)
        return length

    def step(self, name: str, rate: float) -> None:
        """Follow one net's gradient.

        Arguments:
            rate: the learning rate of this step.
        """
        optimizer = self._optimizers[name]
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()

    def state(self) -> Arrays:
        """The moments, `optimizer.net.parameter.moment` each."""
        moments: Weights = {
            f"{name}.{place}.{key}": value
            for name, optimizer in self._optimizers.items()
            for place, entry in optimizer.state_dict()["state"].items() for key, value in entry.items()
        }
        return to_arrays("optimizer", moments)

    def load(self, arrays: Arrays) -> None:
        """Go on from what `state` told; raises KeyError or ValueError where it does not fit."""
        for name, state in moments_of(self._parameters, arrays).items():
            optimizer = self._optimizers[name]
            optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def moments_of(
    parameters: Mapping[str, Sequence[Tensor]], arrays: Mapping[str, NDArray[Any]]
) -> dict[str, dict[int, dict[str, Tensor]]]:
    """The moments that `Optimizers.state` told: by net, place of the parameter, and name.

    Raises:
        KeyError, ValueError, IndexError: they are those of other nets.
    """
    found: dict[str, dict[int, dict[str, Tensor]]] = {name: {} for name in parameters}
    for key, value in from_arrays("optimizer", arrays).items():
        name, place, moment = key.rsplit(".", 2)
        owner = parameters[name][int(place)]
        if value.dim() and value.shape != owner.shape:
            raise ValueError(f"`optimizer.{key}` has shape {tuple(value.shape)}, not {tuple(owner.shape)}")
        # Fused steps go through memory as it lies, so that moments must lie as their parameter does.
        found[name].setdefault(int(place), {})[moment] = torch.empty_like(owner).copy_(value) if value.dim() else value
    return found
