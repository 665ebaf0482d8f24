"""The contract of a metric, and carrying out all that suit a trained model and its data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.data.reader import Watch, unwatched
from genstudio.errors import DataError, SettingsError
from genstudio.evaluation.items import Items
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.registry import discover
from genstudio.settings import nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
A = TypeVar("A")

DRAWS = 100
"""So many draws of a latent code stand behind the bound of an item where nobody says otherwise."""
FEATURES = ("mobilenet", "inception", "pca", "raw")
"""What `features.extractor` makes of items; the first where nobody says otherwise."""
_PIECE = 50_000
_ROWS = 5_000


@dataclass(frozen=True)
class MetricInfo:
    """What a table of figures shows.

    Arguments:
        key: the name the command line uses.
        unit: of the value; empty where it has none.
        better: which way is better; "none" where neither is.
        summary: one line for a student.
    """

    key: str
    title: str
    unit: str
    better: Literal["higher", "lower", "none"]
    summary: str
    order: int = 100


@dataclass(frozen=True)
class Figure:
    """One measured value.

    Arguments:
        value: in the metric's unit; infinite where a single impossible row makes it so.
        stderr: standard error, None where none is known.
        n: how many items it was measured on.
        ideal: the value that the truth itself would reach, None where it is not known.
        note: what a reader should know of it, in plain words; empty when there is nothing.
    """

    value: float
    stderr: float | None
    n: int
    ideal: float | None = None
    note: str = ""


class Metric(ABC):
    """Measures one thing about a trained model.

    Arguments:
        draws: behind the bound of each item, for metrics of bounds; as many as suit the model when None.
        features: one of `FEATURES`, for metrics of samples.
        neighbours: for metrics by nearest neighbours; as many as each was published with when None.
    """

    info: ClassVar[MetricInfo]

    def __init__(
        self, draws: int | None = None, features: str = FEATURES[0], neighbours: int | None = None
    ) -> None:
        self.draws = draws
        self.features = features
        self.neighbours = neighbours

    @abstractmethod
    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """A sentence saying why it cannot be measured, or None when it can."""

    @abstractmethod
    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The figure; the same seed gives the same one.

        Raises:
            DataError: the data turn out not to hold what it needs.
        """


@cache
def metrics() -> dict[str, type[Metric]]:
    """Every metric, by key."""
    return cast("dict[str, type[Metric]]", discover("genstudio.evaluation", Metric))


def metric(key: str) -> type[Metric]:
    """One metric by its key.

    Raises:
        SettingsError: there is none of that name.
    """
    if key not in metrics():
        raise SettingsError(f"There is no metric called `{key}` ({nearest(key, metrics())}).")
    return metrics()[key]


def unsuitable(fitted: Fitted, data: Items) -> dict[str, str]:
    """The metrics that cannot be measured, by key, each with a sentence saying why."""
    reasons = {key: kind().unsuitable(fitted, data) for key, kind in metrics().items()}
    return {key: why for key, why in reasons.items() if why is not None}


def evaluate(
    fitted: Fitted, data: Items, keys: Sequence[str] | None = None, seed: int = 0, watch: Watch = unwatched,
    *, draws: int | None = None, features: str = FEATURES[0], neighbours: int | None = None,
) -> dict[str, Figure]:
    """Figures by key, in the order of `metrics`.

    Arguments:
        keys: which metrics; all that are suitable when None.
        watch: told of each metric before it is measured, and on the way where that takes long.
        draws, features, neighbours: as `Metric` takes them.

    Raises:
        SettingsError: a key that no metric has, or features that there are not.
        DataError: a metric that was asked for by its key cannot be measured.
        Cancelled: raised by `watch`.
    """
    made = {key: kind(draws, features, neighbours) for key, kind in metrics().items()}
    chosen = _suitable(made, fitted, data) if keys is None else _asked(made, fitted, data, keys)
    remembering = Remembering(fitted.model, fitted.preparation)
    figures: dict[str, Figure] = {}
    for done, one in enumerate(chosen):
        remembering.watch = partial(_share, watch, done, len(chosen), f"Measuring {one.info.title}")
        remembering.watch(0.0, "")
        figures[one.info.key] = one.measure(remembering, data, seed)
    return figures


def _share(watch: Watch, done: int, count: int, doing: str, fraction: float, _: str) -> None:
    watch((done + fraction) / count, doing)


def _suitable(made: Mapping[str, Metric], fitted: Fitted, data: Items) -> list[Metric]:
    return [one for one in made.values() if one.unsuitable(fitted, data) is None]


def _asked(made: Mapping[str, Metric], fitted: Fitted, data: Items, keys: Sequence[str]) -> list[Metric]:
    wanted = {metric(key).info.key for key in keys}
    for key in wanted:
        why = made[key].unsuitable(fitted, data)
        if why is not None:
            raise DataError(f"`{key}` cannot be measured: {why}", "Leave it out.")
    return [one for key, one in made.items() if key in wanted]


def watch_of(fitted: Fitted) -> Watch:
    """Who is to be told how far a metric has come."""
    return fitted.watch if isinstance(fitted, Remembering) else unwatched


def remembered(fitted: Fitted, x: Floats, how: tuple[Any, ...], ask: Callable[[], A]) -> A:
    """What was found of items x already when it was asked so before, by another metric; else what is found now."""
    return fitted.once(x, how, ask) if isinstance(fitted, Remembering) else ask()


def sentences(*parts: str) -> str:
    """Those that say something, one after the other."""
    return " ".join(part for part in parts if part)


class Remembering(Fitted):
    """A trained model that scores the same array only once: several metrics ask for the same numbers."""

    def __init__(self, model: Model, preparation: Preparation) -> None:
        super().__init__(model, preparation)
        self.watch = unwatched
        self._answers: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of points x in data units, shape (N, D)."""
        ask = super().log_prob
        return self.once(x, (), lambda: self._in_pieces(x, _ROWS, lambda part: ask(x[part])))

    def anomaly_score(self, x: Floats) -> Floats:
        """Higher is stranger, shape (N,)."""
        ask = super().anomaly_score
        return self.once(x, ("score",), lambda: ask(x))

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted lower bound of the log-density with k draws, nats, shape (N,), data units."""
        ask = super().log_prob_bound

        def bound(part: slice) -> Floats:
            return ask(x[part], k, seed, None if labels is None else labels[part])

        rows = max(1, min(_PIECE // k, _ROWS))
        return self.once(x, (k, seed, id(labels)), lambda: self._in_pieces(x, rows, bound))

    def bound_terms(self, x: Floats, seed: int, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Reconstruction, shape (N,), and KL of each latent coordinate, shape (N, Z), of the ELBO, nats, data units."""
        ask = super().bound_terms
        return self.once(x, ("terms", seed, id(labels)), lambda: ask(x, seed, labels))

    def once(self, x: Floats, how: tuple[Any, ...], ask: Callable[[], A]) -> A:
        """The answer to a question about x, which is found only the first time that it is asked."""
        key = (id(x), *how)
        if key not in self._answers:
            # The items are kept beside the answer, so that their id is not given to another array.
            self._answers[key] = (x, ask())
        answer: A = self._answers[key][1]
        return answer

    def _in_pieces(self, x: Floats, rows: int, ask: Callable[[slice], Floats]) -> Floats:
        """One number an item, shape (N,), so many items at a time, so that it can be watched and cancelled."""
        found = np.empty(len(x))
        for start in range(0, len(x), rows):
            if len(x) > rows:
                self.watch(start / len(x), "")
            part = slice(start, start + rows)
            found[part] = ask(part)
        return found
