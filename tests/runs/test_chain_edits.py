from __future__ import annotations

import numpy as np
import pytest

from genstudio.errors import RecipeError
from genstudio.runs.chain_edits import (
    added,
    check_chain,
    ellipses,
    long_run,
    positive_definite,
    removed,
    with_covariance,
    with_mean,
    with_probability,
)
from genstudio.runs.chain_hand import textbook

ROW = 1  # of the textbook's transitions: .3, .5, .2


def row_after(place: int, value: float, **kept: tuple[int, ...]) -> list[float]:
    return with_probability(textbook(), "transmat", ROW, place, value, **kept)["transmat"][ROW].tolist()


@pytest.mark.parametrize(("place", "value", "kept", "expected"), [
    (1, 0.0, {}, [0.6, 0.0, 0.4]),
    (1, 1.0, {}, [0.0, 1.0, 0.0]),
    (0, 0.65, {}, [0.65, 0.25, 0.1]),
    (0, 0.4, {"kept": (1,)}, [0.4, 0.5, 0.1]),
    (0, 0.6, {"kept": (1,)}, [0.6, 0.5 / 0.7 * 0.4, 0.2 / 0.7 * 0.4]),
    (0, 0.4, {"kept": (1, 2)}, [0.4, 0.5 / 0.7 * 0.6, 0.2 / 0.7 * 0.6]),
    (0, 0.5, {"locked": (1,)}, [0.5, 0.5, 0.0]),
    (0, 0.3, {"locked": (1, 2)}, [0.3, 0.5, 0.2]),
    (0, 0.7, {"locked": (2,), "kept": (1,)}, [0.7, 0.1, 0.2]),
])
def test_the_rest_of_a_row_follows(
    place: int, value: float, kept: dict[str, tuple[int, ...]], expected: list[float]
) -> None:
    assert row_after(place, value, **kept) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(("value", "locked", "sentence"), [
    (0.6, (1,), "leaves 0.5 here"), (0.9, (1, 2), "leaves 0.3 here"), (0.1, (1, 2), "0.3 is left"),
])
def test_what_is_locked_is_never_moved(value: float, locked: tuple[int, ...], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        row_after(0, value, locked=locked)


def test_a_row_of_nothing_but_zeros_beside_is_shared_evenly_and_others_stay() -> None:
    chain = textbook()
    chain["startprob"] = np.array([1.0, 0.0, 0.0])
    changed = with_probability(chain, "startprob", 0, 0, 0.4)
    assert changed["startprob"] == pytest.approx([0.4, 0.3, 0.3])
    np.testing.assert_array_equal(changed["transmat"], chain["transmat"])
    np.testing.assert_array_equal(chain["startprob"], [1.0, 0.0, 0.0])


def test_a_single_state_leads_to_itself() -> None:
    chain = removed(removed(textbook(), 2), 1)
    assert chain["transmat"].tolist() == [[1.0]]
    with pytest.raises(RecipeError, match="leads to itself"):
        with_probability(chain, "transmat", 0, 0, 0.5)
    with pytest.raises(RecipeError, match="at least one state"):
        removed(chain, 0)


def test_numbers_of_emissions_are_taken_or_refused_in_words() -> None:
    assert with_mean(textbook(), 2, 1, 7.5)["means"][2].tolist() == [5.0, 7.5]
    assert with_covariance(textbook(), 0, 0, 1, 0.5)["covars"][0].tolist() == [[1.0, 0.5], [0.5, 1.0]]
    with pytest.raises(RecipeError, match="state 1 is not positive definite") as refused:
        with_covariance(textbook(), 0, 0, 1, 1.5)
    assert "below 1" in refused.value.remedy


def test_states_come_and_go() -> None:
    grown = added(textbook())
    check_chain(grown)
    assert grown["transmat"][:3, 3].tolist() == [0.25] * 3
    assert np.hypot(*(grown["means"][3] - textbook()["means"].mean(axis=0))) == pytest.approx(1)
    assert np.hypot(*(added(grown)["means"][4] - grown["means"][3])) > 0.5, "each can be seen and grasped"
    assert positive_definite(grown["covars"][3])
    back = removed(grown, 3)
    for name, array in textbook().items():
        np.testing.assert_allclose(back[name], array, atol=1e-15, err_msg=name)


def test_the_long_run_is_what_transitions_leave_as_it_is() -> None:
    shares = long_run(textbook())
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares @ textbook()["transmat"], shares, atol=1e-12)
    swinging = {**textbook(), "startprob": np.array([1.0, 0.0]), "transmat": np.array([[0.0, 1.0], [1.0, 0.0]])}
    assert long_run(swinging) == pytest.approx([0.5, 0.5])
    absorbing = {**swinging, "transmat": np.array([[0.5, 0.5], [0.0, 1.0]])}
    assert long_run(absorbing) == pytest.approx([0.0, 1.0], abs=1e-9)


def test_mixtures_have_the_shape_of_all_their_gaussians_together() -> None:
    rng = np.random.default_rng(0)
    weights, means = rng.dirichlet(np.ones(3), size=2), rng.normal(size=(2, 3, 2))
    covars = np.repeat(np.repeat(np.diag([1.0, 2.0])[None, None], 3, axis=1), 2, axis=0)
    found = ellipses({"weights": weights, "means": means, "covars": covars})
    assert found is not None
    middle = (weights[0][:, None] * means[0]).sum(axis=0)
    second = sum(w * (c + np.outer(m, m)) for w, m, c in zip(weights[0], means[0], covars[0], strict=True))
    assert found[0][0] == pytest.approx(middle)
    assert found[1][0] == pytest.approx(second - np.outer(middle, middle))
    assert ellipses({"emissionprob": weights}) is None


@pytest.mark.parametrize(("name", "value", "sentence"), [
    ("startprob", [0.5, 0.4, 0.0], "no distribution"),
    ("transmat", [[1.5, -0.5, 0.0], [0, 1, 0], [0, 0, 1]], "no distribution"),
    ("covars", np.zeros((3, 2, 2)), "state 1 is not positive definite"),
])
def test_what_is_no_chain_is_named(name: str, value: object, sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        check_chain({**textbook(), name: np.array(value)})
