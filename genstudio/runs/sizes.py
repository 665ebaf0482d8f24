"""Comparing mixtures of several sizes and shapes, so that whoever looks sees each as soon as it is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from genstudio.applications.selection import Candidate, compare_mixtures
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch


@dataclass(frozen=True)
class Comparison:
    """One comparison; a thread carries it out, others may look at `found` meanwhile.

    Arguments:
        settings: of mixtures; their size and shape are those to be compared.
        sizes: numbers of components.
        shapes: covariance types.
        found: the candidates so far, each added once it is fitted.
    """

    data: Dataset
    settings: Any
    sizes: Sequence[int]
    shapes: Sequence[str]
    seed: int
    found: list[Candidate] = field(default_factory=list)

    def carry_out(self, watch: Watch) -> None:
        """Fit all.

        Raises:
            DataError: no size can be tried with these data.
            Cancelled: raised by `watch`, which is told after every EM step.
        """
        sizes = [size for size in self.sizes if size <= len(self.data.train)] or list(self.sizes)
        total = len(sizes) * len(self.shapes)

        def on_step() -> None:
            done = min(len(self.found), total - 1)
            size, shape = sizes[done % len(sizes)], self.shapes[done // len(sizes)]
            watch(len(self.found) / total, f"Fitting {size} component{'s' * (size != 1)} ({shape})")

        on_step()
        found = compare_mixtures(
            self.data, self.settings, sizes, self.seed, covariance_types=self.shapes, on_step=on_step
        )
        for candidate in found:
            self.found.append(candidate)
