"""What scores are called, and what is said where there is no likelihood."""

from __future__ import annotations

import pytest

from genstudio.applications.scores import WEAK, score_meaning, without_likelihood
from genstudio.models.capabilities import Adversarial, Bound, Density, Samples


@pytest.mark.parametrize(("known", "words", "caveat"), [
    ({Density, Samples}, "negative log-likelihood, nats", ""),
    ({Density, Bound}, "negative log-likelihood, nats", ""),
    ({Bound}, "minus the bound of the log-likelihood, nats", ""),
    ({Adversarial, Samples}, "the discriminator's, weak", WEAK),
    (set(), "the model's own", ""),
])
def test_a_score_is_named_by_what_the_model_knows(known: set[type], words: str, caveat: str) -> None:
    found = score_meaning(known.__contains__)
    assert found.words == words
    assert found.caveat == caveat


@pytest.mark.parametrize("known", [{Density, Samples}, {Bound, Samples}, {Bound, Samples, Adversarial}, set()])
def test_nothing_is_said_where_a_likelihood_or_a_bound_is_known_or_nothing_is_made(known: set[type]) -> None:
    assert without_likelihood("This", known.__contains__) == ""


def test_where_there_is_none_it_is_said_what_to_look_at() -> None:
    plain = without_likelihood("This", {Samples}.__contains__)
    assert plain.startswith("This has no likelihood: look instead at precision and recall in Evaluate")
    assert "its game" not in plain
    assert "its game" in without_likelihood("This", {Samples, Adversarial}.__contains__)
