"""Weights by name, and what is kept of a training as arrays by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Weights = dict[str, Tensor]
Arrays = dict[str, NDArray[Any]]


def weights_of(nets: Mapping[str, nn.Module]) -> Weights:
    """Parameters and buffers of some nets, `net.name` each; not copied."""
    return {f"{name}.{key}": value for name, net in nets.items() for key, value in net.state_dict().items()}


def copies(weights: Mapping[str, Tensor]) -> Weights:
    """The same weights in memory of their own."""
    return {name: tensor.detach().clone() for name, tensor in weights.items()}


def take(nets: Mapping[str, nn.Module], weights: Mapping[str, Tensor]) -> None:
    """Copy weights into nets.

    Raises:
        KeyError, ValueError: one is missing, or has another shape.
    """
    put(weights_of(nets), weights)


def put(places: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> None:
    """Copy weights into tensors of the same names.

    Raises:
        KeyError, ValueError: one is missing, or has another shape.
    """
    for name, place in places.items():
        if weights[name].shape != place.shape:
            raise ValueError(f"`{name}` has shape {tuple(weights[name].shape)}, not {tuple(place.shape)}")
    with torch.no_grad():
        for name, place in places.items():
            place.copy_(weights[name])


def to_arrays(prefix: str, weights: Mapping[str, Tensor]) -> Arrays:
    """Weights as arrays, `prefix.name` each; copies."""
    return {f"{prefix}.{name}": tensor.detach().cpu().numpy().copy() for name, tensor in weights.items()}


def from_arrays(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Weights:
    """What `to_arrays` made of weights; copies."""
    start = f"{prefix}."
    return {
        name.removeprefix(start): torch.from_numpy(np.array(array))
        for name, array in arrays.items() if name.startswith(start)
    }
