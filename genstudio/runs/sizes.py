"""Comparing mixtures, or chains of states, of several sizes and shapes; each can be seen as soon as it is fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from genstudio.applications.selection import Candidate, compare_chains, compare_mixtures
from genstudio.data.dataset import Dataset
from genstudio.data.reader import Watch
from genstudio.models.registry import models
from genstudio.settings import validate


@dataclass(frozen=True)
class Comparison:
    """One comparison; a thread carries it out, others may look at `found` meanwhile.

    Arguments:
        family: key of the models: "gmm" or "hmm".
        settings: of such models, whose size and shape are those to be compared; what is recommended when None.
        sizes: numbers of components, or of states.
        shapes: covariance types.
        found: the candidates so far, each added once it is fitted.
    """

    family: str
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
        compare, thing = _FAMILIES[self.family]
        sizes = [size for size in self.sizes if size <= len(self.data.train)] or list(self.sizes)
        total = len(sizes) * len(self.shapes)

        def on_step() -> None:
            done = min(len(self.found), total - 1)
            size, shape = sizes[done % len(sizes)], self.shapes[done // len(sizes)]
            watch(len(self.found) / total, f"Fitting {size} {thing}{'s' * (size != 1)} ({shape})")

        on_step()
        settings = self.settings if self.settings is not None else _recommended(self.family, self.data)
        found = compare(self.data, settings, sizes, self.seed, covariance_types=self.shapes, on_step=on_step)
        for candidate in found:
            self.found.append(candidate)


def _recommended(key: str, data: Dataset) -> Any:
    family = models()[key]
    return validate(family.Settings, family.recommended(data), f"the model `{key}`")


_FAMILIES: dict[str, tuple[Callable[..., Iterator[Candidate]], str]] = {
    "gmm": (compare_mixtures, "component"), "hmm": (compare_chains, "state"),
}
