"""Where tensors are computed, and in which precision."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from genstudio.errors import TrainingError

AGREEMENT = 0.99
"""Least cosine between gradients of two precisions that are said to agree."""


def devices() -> tuple[str, ...]:
    """Names of the devices that can be used, the processor first."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def device_of(name: str) -> torch.device:
    """The device of a name; `auto` takes a GPU where there is one.

    Raises:
        TrainingError: there is none of that name here.
    """
    known = devices()
    if name == "auto":
        return torch.device(known[1] if len(known) > 1 else "cpu")
    if name not in (*known, "cuda"):
        raise TrainingError(f"This machine has no device `{name}`.", f"Choose one of these: auto, {', '.join(known)}.")
    return torch.device(name)


def fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 numbers faster than float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if device.type == "cpu":
        return bool(torch.cpu._is_amx_tile_supported())
    return False


@contextlib.contextmanager
def computing_in(device: torch.device, bfloat16: bool) -> Iterator[None]:
    """Forward passes inside run in bfloat16 where that is asked for."""
    if not bfloat16:
        yield
        return
    with torch.autocast(device.type, torch.bfloat16):
        yield


def agreement(gradient: Callable[[], Tensor], device: torch.device) -> float:
    """Cosine between a gradient in float32 and the same in bfloat16.

    Arguments:
        gradient: computes it anew at each call, from the same random numbers, as one vector.
    """
    whole = gradient()
    with computing_in(device, True):
        short = gradient()
    norms = whole.norm() * short.norm()
    return float(whole @ short / norms) if float(norms) > 0 else float("nan")
