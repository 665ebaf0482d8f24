"""Whether what a file holds is enough to go on with a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from torch import nn

from genstudio.training.descent_state import from_arrays, weights_of
from genstudio.training.optimizers import moments_of

_NUMBERS = ("step", "clipped", "bfloat16", "draw", "best_value", "best_counts")


def require_fit(nets: Mapping[str, nn.Module], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Whether arrays are those of a training of some nets, as `Descent.state` tells them.

    Raises:
        KeyError, ValueError, IndexError: one is missing, or has another shape.
    """
    for name in _NUMBERS:
        if not arrays[name].size:
            raise ValueError(f"`{name}` is empty")
    moments_of({name: list(net.parameters()) for name, net in nets.items()}, arrays)
    for group in ("weights", "best", "average"):
        kept = from_arrays(group, arrays)
        # An average may be kept of some nets alone.
        of = {name.split(".")[0] for name in kept} if group == "average" else set(nets)
        known = {name: net for name, net in nets.items() if name in of}
        for name, place in weights_of(known).items() if kept or group == "weights" else ():
            if kept[name].shape != place.shape:
                raise ValueError(f"`{group}.{name}` has shape {tuple(kept[name].shape)}, not {tuple(place.shape)}")
