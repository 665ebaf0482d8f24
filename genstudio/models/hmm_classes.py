"""One HMM a class: a hidden Markov model for the sequences of each class, which tells classes apart by likelihood."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.table import ColumnType
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models._class_learning import Pupil, in_step, of_class, sequence_codes
from genstudio.models._class_mixture import ClassMixture
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.models.hmm import HiddenMarkovModel, MarkovSettings
from genstudio.settings import setting
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings, Progress

__all__ = ["ClassesSettings", "HiddenMarkovClasses"]


class ClassesSettings(MarkovSettings):
    """How the HMM of each class is learned; the defaults suit short sequences, each of which goes through stages.

    They are those that told most of the spoken vowels' training sequences right, each judged by models that had not
    learned it.
    """

    n_components: int = setting(
        5, "How many hidden states the HMM of each class has.", ge=1, le=1000, label="States a class"
    )
    covariance_type: Literal["full", "tied", "diag", "spherical"] = setting(
        "tied", "What shapes the Gaussians of a class may take: any (full), any but all the same (tied; in mixtures "
        "the same within a state), along the axes (diag), or round (spherical).", label="Covariances",
    )
    topology: Literal["ergodic", "left_to_right", "banded"] = setting(
        "left_to_right", "Which transitions there are: from any state to any (ergodic), onwards only, from the first "
        "state (left_to_right), or to neighbouring states (banded).", label="Topology",
    )
    n_iter: int = setting(100, "Most EM steps of one start.", ge=1, le=1_000_000, label="Most steps")


class HiddenMarkovClasses(Model):
    """p(class) p(sequence | class), the latter an HMM for each class; Bayes' theorem tells the class.

    References:
        Rabiner (1989): A tutorial on hidden Markov models and selected applications in speech recognition.
        Ng, Jordan (2001): On discriminative vs. generative classifiers.
    """

    info = ModelInfo(
        key="hmm_classes",
        title="One HMM a class",
        summary="A hidden Markov model for each class; a sequence belongs where it is most likely.",
        kinds=frozenset({Kind.SEQUENCES}),
        order=25,
        step_name="EM step",
        references=(
            "Rabiner (1989): A tutorial on hidden Markov models and selected applications in speech recognition",
            "Ng, Jordan (2001): On discriminative vs. generative classifiers",
        ),
    )
    Settings = ClassesSettings
    settings: ClassesSettings

    def __init__(self, settings: ClassesSettings) -> None:
        super().__init__(settings)
        self._learned = ClassMixture()

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, no label, fewer than two classes, or what an HMM cannot learn."""
        if (reason := super().unsuitable(data)) is not None:
            return reason
        if data.labels is None:
            return f"{cls.info.title} needs the class of each sequence. Choose a label in the Data panel."
        codes = np.flatnonzero(_counts(data)).tolist()
        if len(codes) < 2:
            return f"{cls.info.title} needs training sequences of two classes or more."
        reasons = {data.labels.levels[code]: HiddenMarkovModel.unsuitable(of_class(data, code)) for code in codes}
        return next((f"Class {name}: {reason}" for name, reason in reasons.items() if reason is not None), None)

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """The emissions that suit the data."""
        symbols = all(column.type is ColumnType.CATEGORY for column in data.preparation.columns)
        return {"emission": "categorical"} if symbols else {}

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn all classes side by side, one EM step of each an event.

        `train` and `valid` are mean log-likelihoods per row under the HMM of its own class; `accuracy`, in the last
        event, the share of the validation sequences (of the training ones, where none are held out) that are told
        right.

        Raises:
            TrainingError: the data do not suit, or the HMM of a class cannot be learned.
        """
        if (reason := self.unsuitable(data)) is not None:
            raise TrainingError(reason)
        self._learned = ClassMixture()
        pupils = self._pupils(data, seed, budget)
        learned = self._of(data, pupils)
        last = Progress(0, None, {})
        for event in in_step(list(pupils.values())):
            if isinstance(event, Progress) and event.metrics:
                self._learned, last = learned, event
            yield event
        yield Progress(last.step, last.total, {**last.metrics, "accuracy": self._accuracy(data)})

    def classify(self, x: Floats, lengths: Ints) -> Floats:
        """log p(class) + log p(sequence | class), nats, model units, shape (S, C); -inf for classes never seen."""
        return self.learned.joint(x, lengths)

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        """Log-density of each row given those before it, whatever the class, nats, model units, shape (N,)."""
        return self.learned.step_log_prob(x, lengths)

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n rows of sequences that are as long as usual, and the class of each.

        Raises:
            TrainingError: nothing has been learned, or nothing of the class that is asked for.
        """
        learned, rng = self.learned, np.random.default_rng(seed)
        if condition is not None and condition not in learned.chains:
            raise TrainingError("No sequence of this class was there to learn from.", "Ask for another class.")
        lengths = _cut(n, learned.rows)
        drawn = learned.drawn_classes(len(lengths), rng)
        codes = drawn if condition is None else np.full(len(lengths), condition)
        return learned.sample(lengths, codes, rng, temperature), np.repeat(codes, lengths)

    def sample_sequences(self, lengths: Ints, seed: int, temperature: float = 1.0) -> tuple[Floats, Ints]:
        """New sequences of these lengths: rows (N, D), model units, and in the place of a state the class (N,)."""
        learned, rng = self.learned, np.random.default_rng(seed)
        codes = learned.drawn_classes(len(lengths), rng)
        return learned.sample(lengths, codes, rng, temperature), np.repeat(codes, lengths)

    def forecast(self, x: Floats, steps: int, draws: int, seed: int) -> Floats:
        """How one sequence x, shape (N, D), may go on, whatever its class, shape (draws, steps, D), model units."""
        return self.learned.forecast(x, steps, draws, np.random.default_rng(seed))

    def fill(self, x: Floats, lengths: Ints, draws: int, seed: int) -> Floats:
        """Sequences with each NaN drawn given all that is there, whatever their class, shape (draws, N, D)."""
        lengths = np.asarray(lengths, dtype=np.int64)
        return self.learned.fill(x, lengths, draws, np.random.default_rng(seed))

    def n_conditions(self) -> int:
        """Classes that samples can be asked of."""
        return len(self.learned.priors)

    def n_parameters(self) -> int:
        """Free parameters: those of each chain, and the shares of the classes."""
        return sum(chain.n_parameters() for chain in self.learned.chains.values()) + len(self.learned.chains) - 1

    def state(self) -> dict[str, Array]:
        """Priors, the rows of a usual sequence, and the state of each class's HMM; empty before any learning."""
        learned = self._learned
        if not learned.chains:
            return {}
        chains = {
            f"class{code}.{name}": array
            for code, chain in learned.chains.items() for name, array in chain.state().items()
        }
        return {"priors": learned.priors.copy(), "rows": np.array([learned.rows], dtype=np.int64), **chains}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        if not state:
            self._learned = ClassMixture()
            return
        try:
            priors, rows = state["priors"], int(state["rows"][0])
        except (KeyError, IndexError) as error:
            raise _damaged(f"{error} is missing") from None
        if priors.ndim != 1 or not (np.isfinite(priors).all() and priors.min(initial=1) >= 0 and priors.sum() > 0):
            raise _damaged("the shares of the classes are none")
        chains = {code: self._restored(state, code) for code in np.flatnonzero(priors).tolist()}
        self._learned = ClassMixture(priors.copy(), chains, rows)

    @property
    def learned(self) -> ClassMixture:
        """What is known.

        Raises:
            TrainingError: nothing has been learned yet.
        """
        if not self._learned.chains:
            raise TrainingError(f"{self.info.title} has not learned anything yet.", "Train it first.")
        return self._learned

    def _pupils(self, data: Dataset, seed: int, budget: Budget | None) -> dict[int, Pupil]:
        assert data.labels is not None
        pupils = {}
        for code in np.flatnonzero(_counts(data)).tolist():
            own = int(np.random.SeedSequence((seed, code)).generate_state(1)[0])
            pupils[code] = Pupil.of(data.labels.levels[code], self._chain(), of_class(data, code), own, budget)
        return pupils

    def _of(self, data: Dataset, pupils: Mapping[int, Pupil]) -> ClassMixture:
        counts = _counts(data)
        rows = sum(len(pupil.data.train) for pupil in pupils.values())
        chains = {code: pupil.model for code, pupil in pupils.items() if isinstance(pupil.model, HiddenMarkovModel)}
        return ClassMixture(counts / counts.sum(), chains, round(rows / int(counts.sum())))

    def _accuracy(self, data: Dataset) -> float:
        assert data.labels is not None
        assert data.lengths is not None
        held_out = len(data.valid) > 0
        x, lengths = (data.valid, data.lengths[1]) if held_out else (data.train, data.lengths[0])
        codes = sequence_codes(data.labels.valid if held_out else data.labels.train, lengths)
        right = self.classify(x, lengths).argmax(axis=1) == codes
        return float(right[codes >= 0].mean())

    def _chain(self) -> HiddenMarkovModel:
        return HiddenMarkovModel(MarkovSettings(**self.settings.model_dump()))

    def _restored(self, state: Mapping[str, Array], code: int) -> HiddenMarkovModel:
        prefix = f"class{code}."
        own = {name.removeprefix(prefix): array for name, array in state.items() if name.startswith(prefix)}
        if not own:
            raise _damaged(f"class {code} is missing")
        chain = self._chain()
        chain.load_state(own)
        return chain


def _counts(data: Dataset) -> Ints:
    """Training sequences of each class, shape (C,)."""
    assert data.labels is not None
    assert data.lengths is not None
    codes = sequence_codes(data.labels.train, data.lengths[0])
    return np.bincount(codes[codes >= 0], minlength=len(data.labels.levels))


def _cut(n: int, rows: int) -> Ints:
    """Lengths of sequences of so many rows each, the last one shorter, that have n rows together."""
    whole, rest = divmod(n, max(rows, 1))
    return np.array([max(rows, 1)] * whole + [rest] * (rest > 0), dtype=np.int64)


def _damaged(what: str) -> ArchiveError:
    return ArchiveError(f"The HMMs of the classes are damaged: {what}.", "Train again.")
