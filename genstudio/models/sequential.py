"""The capabilities of models of sequences; as `models.capabilities`, for rows that stand in the order of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from genstudio.models.contract import Floats, Ints


@runtime_checkable
class Sequential(Protocol):
    """Knows how likely each row of a sequence is given those before it."""

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        """Log-density of each row given those before it in its sequence, nats, shape (N,); 0 at gaps.

        The sum over a sequence is its exact log-likelihood.
        """


@runtime_checkable
class Hidden(Sequential, Protocol):
    """Explains each row of a sequence by a hidden state that follows from the one before.

    Sequences are given as their rows, one sequence after another, and the rows of each, shape (S,). A row of NaN is a
    gap: time passes, nothing is seen.
    """

    def n_states(self) -> int:
        """Hidden states."""

    def states(self, x: Floats, lengths: Ints) -> Ints:
        """The most likely path of states as a whole (Viterbi), shape (N,)."""

    def posteriors(self, x: Floats, lengths: Ints) -> Floats:
        """Probability of each state at each row given the whole sequence, shape (N, K)."""


@runtime_checkable
class Chain(Protocol):
    """Is a chain of states that can be seen and edited by hand."""

    def chain(self) -> dict[str, Floats]:
        """The parameters, model units; copies.

        Returns:
            `startprob` (K,), `transmat` (K, K), and of the emissions: `means` (K, D) and `covars` (K, D, D) where they
            are Gaussian; `weights` (K, M), `means` (K, M, D) and `covars` (K, M, D, D) of mixtures; `emissionprob`
            (K, F) of symbols; `lambdas` (K, D) of counts.
        """

    def set_chain(self, parameters: Mapping[str, Floats]) -> None:
        """Take parameters given by hand, those that `chain` names; there may be more or fewer states than before.

        Raises:
            SettingsError: probabilities that do not sum to 1, or a covariance that is not positive definite.
        """


@runtime_checkable
class Continues(Protocol):
    """Can invent sequences, go on with one, and fill in what is missing."""

    def sample_sequences(self, lengths: Ints, seed: int, temperature: float = 1.0) -> tuple[Floats, Ints]:
        """New sequences of these lengths: their rows, shape (N, D), model units, and the state of each, shape (N,)."""

    def forecast(self, x: Floats, steps: int, draws: int, seed: int) -> Floats:
        """How one sequence x, shape (N, D), may go on: draws of the rows to come, shape (draws, steps, D)."""

    def fill(self, x: Floats, lengths: Ints, draws: int, seed: int) -> Floats:
        """Sequences with each NaN drawn from its law given all that is there, shape (draws, N, D), model units."""


@runtime_checkable
class Classifies(Protocol):
    """Tells to which class a sequence belongs."""

    def classify(self, x: Floats, lengths: Ints) -> Floats:
        """Log-probability of each sequence and class together, nats, up to a constant of each sequence, (S, C)."""
