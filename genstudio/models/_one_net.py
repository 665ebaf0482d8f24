"""What learners of one network share: items on a device, classes that are withheld, and what was said already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.models.contract import Array, Ints
from genstudio.training.events import Note

NET = "net"
"""What the one network is called."""
FORGOTTEN = 0.1
"""Share of items whose class is withheld, so that the model also knows items of an unknown class."""
N = TypeVar("N", bound=nn.Module)


def one_hot(codes: Tensor, n_classes: int) -> Tensor:
    """Rows with a 1 at the class, all zeros where it is not known (-1), shape (N, n_classes)."""
    if not n_classes:
        return torch.zeros(len(codes), 0)
    return F.one_hot(codes + 1, n_classes + 1)[:, 1:].float()


def classes_given(labels: Ints | None, count: int, n_classes: int) -> Tensor:
    """Classes of so many items as the network is given them, (count, n_classes); unknown where there are none."""
    codes = np.full(count, -1) if labels is None else np.asarray(labels, np.int64)
    return one_hot(torch.from_numpy(codes), n_classes)


def withheld(given: Tensor, share: float, draw: torch.Generator) -> Tensor:
    """Classes (N, n_classes), of which a share is not told."""
    if not given.shape[1]:
        return given
    return given * (torch.rand(len(given), 1, generator=draw, device=given.device) > share)


class BatchedItems:
    """Items on a device, and their classes as they are given to the network; bytes stay bytes.

    Arguments:
        x: shape (N, *item).
        codes: classes, shape (N,); None where there are none.
    """

    def __init__(self, x: Array, codes: Array | None, n_classes: int, device: torch.device) -> None:
        self.device = device
        self._x = torch.from_numpy(np.ascontiguousarray(x)).to(device)
        if self._x.dtype != torch.uint8:
            self._x = self._x.float()
        codes = np.full(len(x), -1) if codes is None or not n_classes else codes
        self._codes = torch.from_numpy(np.asarray(codes, np.int64)).to(device)
        self._n_classes = n_classes

    def __len__(self) -> int:
        return len(self._x)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Items in the network's units, and their classes as rows of 0 and 1."""
        x = self._x[rows]
        x = x.float() / 255 if x.dtype == torch.uint8 else x
        return x, one_hot(self._codes[rows], self._n_classes).to(self.device)


class OneNetLearner(Generic[N]):
    """The part of a learner that does not hang on what its one network says.

    Arguments:
        items: those to learn from and those held out, as the network takes them.
    """

    def __init__(self, net: N, items: tuple[BatchedItems, BatchedItems]) -> None:
        self._net = net
        self._train, self._valid = items
        self._figures: dict[str, float] = {}
        self._noted: set[str] = set()

    @property
    def nets(self) -> Mapping[str, nn.Module]:
        """The one network."""
        return {NET: self._net}

    @property
    def items(self) -> int:
        """Training items."""
        return len(self._train)

    def figures(self) -> Mapping[str, float]:
        """What the last batch came to, nats per item where it is a likelihood."""
        return self._figures

    def _once(self, note: Note) -> Iterator[Note]:
        if note.badge not in self._noted:
            self._noted.add(note.badge)
            yield note
