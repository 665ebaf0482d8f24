"""What a trained model says of sequences, in data units; the part of `fitted.Fitted` that speaks of time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from genstudio.data.preparation import Preparation
from genstudio.models.contract import Floats, Ints, Model
from genstudio.models.sequential import Chain, Classifies, Continues, Hidden, Sequential

C = TypeVar("C")


class FittedSequences(ABC):
    """Answers about sequences: their rows, one sequence after another, and the rows of each, shape (S,)."""

    model: Model
    preparation: Preparation

    @abstractmethod
    def _as(self, capability: type[C], doing: str) -> C:
        """The model, where it has a capability."""

    @abstractmethod
    def _affine(self) -> tuple[Floats, Floats]:
        """Shift and scale of model units, where the scaling has them."""

    def states(self, x: Floats, lengths: Ints) -> Ints:
        """The most likely path of hidden states of sequences in data units, shape (N,)."""
        hidden = self._as(Hidden, "explain rows by hidden states")  # type: ignore[type-abstract]
        return hidden.states(self.preparation.to_model(x), lengths)

    def posteriors(self, x: Floats, lengths: Ints) -> Floats:
        """Probability of each hidden state at each row given its whole sequence, shape (N, K)."""
        hidden = self._as(Hidden, "explain rows by hidden states")  # type: ignore[type-abstract]
        return hidden.posteriors(self.preparation.to_model(x), lengths)

    def step_log_prob(self, x: Floats, lengths: Ints) -> Floats:
        """Log-density of each row given those before it, nats, data units, shape (N,); 0 at gaps."""
        model = self._as(Sequential, "state the likelihood of a sequence")  # type: ignore[type-abstract]
        log_det = self.preparation.log_det(x)
        known = model.step_log_prob(self.preparation.to_model(x), lengths)
        return known + np.where(np.isnan(log_det), 0.0, log_det)

    def chain(self) -> dict[str, Floats]:
        """The parameters of a chain of states, as `capabilities.Chain` names them, data units."""
        found = self._as(Chain, "name its states").chain()  # type: ignore[type-abstract]
        return self._chain_units(found, *self._chain_affine(found))

    def set_chain(self, parameters: Mapping[str, Floats]) -> None:
        """Take a chain given by hand, data units."""
        chain = self._as(Chain, "take a chain by hand")  # type: ignore[type-abstract]
        shift, scale = self._chain_affine(parameters)
        chain.set_chain(self._chain_units(parameters, -shift / scale, 1.0 / scale))

    def sample_sequences(self, lengths: Ints, seed: int, temperature: float = 1.0) -> tuple[Floats, Ints]:
        """New sequences of these lengths: rows in data units, shape (N, D), and the state of each, shape (N,)."""
        inventor = self._as(Continues, "invent sequences")  # type: ignore[type-abstract]
        x, states = inventor.sample_sequences(lengths, seed, temperature)
        return self.preparation.to_data(x), states

    def forecast(self, x: Floats, steps: int, draws: int, seed: int) -> Floats:
        """Draws of how one sequence x (N, D) in data units goes on, shape (draws, steps, D)."""
        prophet = self._as(Continues, "go on with a sequence")  # type: ignore[type-abstract]
        drawn = prophet.forecast(self.preparation.to_model(x), steps, draws, seed)
        return self._each_to_data(drawn)

    def fill(self, x: Floats, lengths: Ints, draws: int, seed: int) -> Floats:
        """Sequences in data units with each NaN drawn given all else, shape (draws, N, D)."""
        filler = self._as(Continues, "fill gaps of sequences")  # type: ignore[type-abstract]
        filled = self._each_to_data(filler.fill(self.preparation.to_model(x), lengths, draws, seed))
        # What was there comes back as it was, not as two scalings leave it.
        return np.where(np.isnan(x), filled, x)

    def classify(self, x: Floats, lengths: Ints) -> Floats:
        """Log-probability of each class and sequence in data units, up to a constant of each sequence, (S, C)."""
        judge = self._as(Classifies, "tell classes apart")  # type: ignore[type-abstract]
        return judge.classify(self.preparation.to_model(x), lengths)

    def _each_to_data(self, drawn: Floats) -> Floats:
        rows = drawn.reshape(-1, drawn.shape[-1])
        return self.preparation.to_data(rows).reshape(drawn.shape)

    def _chain_affine(self, parameters: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        # Symbols and counts are never scaled.
        size = len(self.preparation.columns)
        return self._affine() if "means" in parameters else (np.zeros(size), np.ones(size))

    def _chain_units(self, parameters: Mapping[str, Floats], shift: Floats, scale: Floats) -> dict[str, Floats]:
        """Means and covariances of a chain under x -> x * scale + shift."""
        moved = {name: np.asarray(value, float).copy() for name, value in parameters.items()}
        if "means" in moved:
            moved["means"] = moved["means"] * scale + shift
            moved["covars"] = moved["covars"] * scale[:, None] * scale
        return moved
