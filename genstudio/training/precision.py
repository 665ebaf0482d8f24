"""Whether gradients are computed in bfloat16."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from genstudio.training.device import AGREEMENT, agreement, fast_bfloat16
from genstudio.training.events import Note


def allows_bfloat16(wanted: str, device: torch.device) -> bool:
    """Whether bfloat16 comes into question at all: it was asked for, or is faster here and nobody minds."""
    return wanted == "bfloat16" or (wanted == "auto" and fast_bfloat16(device))


def agrees(gradient: Callable[[], Tensor], device: torch.device, wanted: str) -> tuple[bool, Note | None]:
    """Whether gradients in bfloat16 point where those in float32 do; where not, what a person should know.

    Arguments:
        gradient: computes it anew at each call, from the same random numbers, as one vector.
    """
    cosine = agreement(gradient, device)
    if cosine >= AGREEMENT:
        return True, None
    return False, Note(
        "warning" if wanted == "bfloat16" else "info",
        f"Training stays in float32: in bfloat16 the first gradient points elsewhere (cosine {cosine:.3f}).",
    )
