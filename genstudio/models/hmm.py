"""Hidden Markov model: rows in time, explained by a chain of states that nobody sees; learned by EM."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from genstudio.data.dataset import Dataset, Kind
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models._hmm_advice import recommended_settings, unsuitable_sequences
from genstudio.models._hmm_emission import HiddenMarkov
from genstudio.models._hmm_given import model_of
from genstudio.models._hmm_learner import ChainLearner, Held
from genstudio.models._hmm_observations import require_fitting
from genstudio.models._hmm_passes import filtered, smooth, viterbi
from genstudio.models._hmm_sampling import continued, filled, walk
from genstudio.models._hmm_settings import MarkovSettings
from genstudio.models._hmm_state import model_from_state, model_state
from genstudio.models._hmm_topology import fewest_rows, free_parameters
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.training.budget import Budget
from genstudio.training.em import Schedule, expectation_maximization
from genstudio.training.events import Event, LiveSettings

__all__ = ["HiddenMarkovModel", "MarkovSettings"]

TEXTBOOK: dict[str, Any] = {
    "n_components": 3, "covariance_type": "full", "n_iter": 0,
    "startprob": (0.6, 0.3, 0.1),
    "transmat": ((0.7, 0.2, 0.1), (0.3, 0.5, 0.2), (0.3, 0.3, 0.4)),
    "means": ((0.0, 0.0), (3.0, -3.0), (5.0, 10.0)),
    "covars": (((1.0, 0.0), (0.0, 1.0)),) * 3,
}


class HiddenMarkovModel(Model):
    """A chain of states s_t with p(s_1) = π, p(s_t | s_t-1) = A, and rows x_t that follow from their state alone.

    Learned as hmmlearn's GaussianHMM, GMMHMM, CategoricalHMM and PoissonHMM do, by its compiled passes. The covariances
    of mixtures are taken about the means of the same step, where hmmlearn takes those of the step before, and have the
    prior that single Gaussians have.

    References:
        Baum, Petrie, Soules, Weiss (1970): A maximization technique occurring in the statistical analysis of
            probabilistic functions of Markov chains.
        Rabiner (1989): A tutorial on hidden Markov models and selected applications in speech recognition.
    """

    info = ModelInfo(
        key="hmm",
        title="Hidden Markov model",
        summary="A chain of hidden states that take turns; what is seen follows from the state.",
        kinds=frozenset({Kind.SEQUENCES}),
        order=20,
        step_name="EM step",
        presets={
            "The textbook's chain": TEXTBOOK,
            "Three states of any shape": {"n_components": 3, "covariance_type": "full", "n_iter": 100, "n_init": 5},
            "One way, left to right": {"n_components": 5, "topology": "left_to_right", "n_iter": 100},
            "Neighbours only": {"n_components": 6, "topology": "banded", "covariance_type": "full", "n_iter": 100},
        },
        references=(
            "Baum, Petrie, Soules, Weiss (1970): A maximization technique occurring in the statistical analysis of "
            "probabilistic functions of Markov chains",
            "Rabiner (1989): A tutorial on hidden Markov models and selected applications in speech recognition",
        ),
    )
    Settings = MarkovSettings
    settings: MarkovSettings

    def __init__(self, settings: MarkovSettings) -> None:
        super().__init__(settings)
        self._held = Held()

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        return super().unsuitable(data) or unsuitable_sequences(data)

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """An emission that suits the columns, and as many states as BIC wants of some of the rows."""
        return {} if cls.unsuitable(data) is not None else recommended_settings(data)

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one EM step an event.

        Raises:
            TrainingError: the data do not suit the model, its emission or its topology.
            SettingsError: parameters given by hand do not make a model of these data.
        """
        self._check(data)
        self._held = Held(by_hand=self.settings.n_iter == 0)
        learner = ChainLearner(data, self.settings, self._held, seed)
        schedule = Schedule(self.settings.n_iter, self.settings.tol, self.settings.n_init, limit="n_iter")
        yield from expectation_maximization(learner, schedule, budget)

    def n_states(self) -> int:
        """Hidden states."""
        return self.model.emission.n_states

    def states(self, x: Floats, lengths: Ints) -> Ints:
        """The most likely path of states of sequences (Viterbi), shape (N,)."""
        return viterbi(self.model.chain, self.model.emission.log_prob(x), lengths)

    def posteriors(self, x: Floats, lengths: Ints) -> Floats:
        """Probability of each state at each row given its whole sequence, shape (N, K)."""
        return smooth(self.model.chain, self.model.frames(x), lengths).posteriors

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        """Log-density of each row given those before it in its sequence, nats, shape (N,); 0 at gaps."""
        steps = filtered(self.model.chain, self.model.frames(x), lengths)[1]
        return np.where(np.isnan(x).all(axis=1), 0.0, steps)

    def chain(self) -> dict[str, Floats]:
        """`startprob` (K,), `transmat` (K, K) and the parameters of the emission, model units; copies."""
        chain = self.model.chain
        return {
            "startprob": chain.startprob.copy(), "transmat": chain.transmat.copy(), **self.model.emission.parameters()
        }

    def set_chain(self, parameters: Mapping[str, Floats]) -> None:
        """Take parameters given by hand, those that `chain` names; there may be more or fewer states than before.

        Raises:
            SettingsError: probabilities that do not sum to 1, a covariance that is not positive definite, or numbers
                that are lacking.
        """
        former = self._held.model
        n_features = None if former is None else former.emission.n_features
        self._held.model, self._held.by_hand = model_of(parameters, self.settings, n_features), True

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """One new sequence of n rows and the state behind each; the temperature widens what states show."""
        return self.sample_sequences(np.array([n], dtype=np.int64), seed, temperature)

    def sample_sequences(self, lengths: Ints, seed: int, temperature: float = 1.0) -> tuple[Floats, Ints]:
        """New sequences of these lengths: rows (N, D), model units, and states (N,)."""
        rng = np.random.default_rng(seed)
        states = walk(self.model.chain, np.asarray(lengths, dtype=np.int64), rng)
        return self.model.emission.sample(states, rng, temperature), states

    def forecast(self, x: Floats, steps: int, draws: int, seed: int) -> Floats:
        """How one sequence x, shape (N, D), may go on, shape (draws, steps, D); a new one where it has no rows."""
        rng = np.random.default_rng(seed)
        last = None
        if len(x):
            last = filtered(self.model.chain, self.model.frames(x), np.array([len(x)]))[0][-1]
        states = continued(self.model.chain, last, steps, draws, rng)
        return self.model.emission.sample(states.reshape(-1), rng).reshape(draws, steps, -1)

    def fill(self, x: Floats, lengths: Ints, draws: int, seed: int) -> Floats:
        """Sequences with each NaN drawn given all that is there, shape (draws, N, D)."""
        return filled(self.model, x, np.asarray(lengths, dtype=np.int64), draws, np.random.default_rng(seed))

    def n_parameters(self) -> int:
        """Free parameters; transitions that there are not are none."""
        chain, emission = self.model.chain, self.model.emission
        return free_parameters(chain, self.settings, self._held.by_hand) + emission.n_parameters()

    def state(self) -> dict[str, Array]:
        """All parameters; empty before any learning."""
        return {} if self._held.model is None else model_state(self._held.model, self._held.by_hand)

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing, has a wrong shape, or holds no such model.
        """
        if not state:
            self._held = Held()
            return
        try:
            self._held = Held(model_from_state(self.settings, state), bool(state["by_hand"][0]))
        except (KeyError, IndexError, ValueError) as error:
            raise ArchiveError(f"The hidden Markov model's parameters are damaged: {error}.", "Train again.") from None

    @property
    def model(self) -> HiddenMarkov:
        """The current parameters.

        Raises:
            TrainingError: nothing has been learned yet.
        """
        if self._held.model is None:
            raise TrainingError("The hidden Markov model has not learned anything yet.", "Train it first.")
        return self._held.model

    def _check(self, data: Dataset) -> None:
        if (reason := self.unsuitable(data)) is not None:
            raise TrainingError(reason)
        require_fitting(data, self.settings)
        assert data.lengths is not None
        n, k = int(data.lengths[0].sum()), self.settings.n_components
        if self.settings.n_iter and n < k:
            raise TrainingError(f"{k} states cannot be learned from {n} rows.", f"Set n_components to {n} or less.")
        longest, needed = int(data.lengths[0].max()), fewest_rows(self.settings)
        if self.settings.n_iter and k > 1 and longest == 1:
            raise TrainingError(
                f"Each sequence of {data.name} has one row, so that no transition can be learned.",
                "Choose another column of sequences, or set n_components to 1.",
            )
        if self.settings.n_iter and longest < needed:
            raise TrainingError(
                f"The way through {k} states from left to right takes {needed} rows, but the longest sequence of "
                f"{data.name} has {longest}.", "Lower n_components, raise bandwidth, or choose another topology.",
            )
