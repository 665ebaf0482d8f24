"""The Fréchet distance against closed forms and a root of a matrix, its errors against repetition, and as a metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import sqrtm

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, DataError, SettingsError
from genstudio.evaluation.features import COMPONENTS, extractor
from genstudio.evaluation.frechet import FEWEST, distance, frechet_distance
from genstudio.evaluation.items import from_dataset
from genstudio.evaluation.metric import FEATURES, evaluate, unsuitable
from genstudio.models.contract import Model, ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.settings import Settings
from tests.evaluation.gaussian import GaussianModel, trained

RNG = np.random.default_rng(0)
PIXELS = np.random.default_rng(1).integers(0, 256, (200, 6, 6, 1), np.uint8)
SPOTS = prepare(Pictures("spots", PIXELS), PreparationSettings(valid=0.0, test=0.4), 0)


class Painter(Model):
    """Draws uniform noise, as dark as it is told."""

    info = ModelInfo("painter", "Painter", "Noise.", frozenset({Kind.IMAGES}))
    Settings = Settings
    fit, state, load_state = GaussianModel.fit, GaussianModel.state, GaussianModel.load_state

    def __init__(self, light: float) -> None:
        super().__init__(Settings())
        self.light = light

    def sample(self, n: int, seed: int, temperature: float = 1.0, condition: Any = None) -> tuple[Any, Any]:
        return self.light * np.random.default_rng(seed).random((n, 1, 6, 6)), np.full(n, -1)


def painter(light: float = 1.0, data: Dataset = SPOTS) -> Fitted:
    return Fitted(Painter(light), data.preparation)


def skewed(n: int, rng: np.random.Generator, d: int = 5, shift: float = 0.0) -> np.ndarray:
    mix = np.random.default_rng(9).normal(size=(d, d))
    return rng.normal(size=(n, d)) @ mix + shift


def by_root(one: np.ndarray, other: np.ndarray) -> float:
    """As it is defined."""
    first, second = np.cov(one.T), np.cov(other.T)
    root = sqrtm(first @ second).real
    return float(((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root))


def test_it_is_what_a_root_of_a_matrix_gives() -> None:
    one, other = skewed(300, RNG), 1.5 * skewed(200, RNG, shift=0.3)
    assert frechet_distance(one, other) == pytest.approx(by_root(one, other), rel=1e-9)
    assert frechet_distance(one, other) == pytest.approx(frechet_distance(other, one), rel=1e-9)


def test_gaussians_in_a_closed_form() -> None:
    x = RNG.normal(size=(100, 1))
    x = (x - x.mean()) / x.std(ddof=1)
    # (m₁ - m₂)² + (s₁ - s₂)² in one dimension.
    assert frechet_distance(2 * x + 1, 5 * x - 2) == pytest.approx(9 + 9)


def test_fewer_items_than_features_are_no_trouble() -> None:
    one, other = RNG.normal(size=(20, 60)), RNG.normal(size=(30, 60)) * 2
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-12)
    # In the plane that both span the covariances have full rank.
    axes = np.linalg.qr(np.concatenate([one - one.mean(0), other - other.mean(0)]).T)[0]
    plane = by_root((one - one.mean(0)) @ axes, (other - other.mean(0)) @ axes)
    apart = ((one.mean(0) - other.mean(0)) ** 2).sum()
    assert frechet_distance(one, other) == pytest.approx(plane + apart, rel=1e-4)


def test_constant_features_change_nothing() -> None:
    one, other = skewed(50, RNG), skewed(50, RNG, shift=1.0)
    padded = [np.column_stack([rows, np.full(50, 3.0)]) for rows in (one, other)]
    assert frechet_distance(*padded) == pytest.approx(frechet_distance(one, other))


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_error_and_bias_are_those_of_repetition(shift: float) -> None:
    rng = np.random.default_rng(4)
    found = [distance(skewed(200, rng), skewed(200, rng, shift=shift)) for _ in range(100)]
    values, errors, biases = (np.array([getattr(d, name) for d in found]) for name in ("value", "stderr", "bias"))
    # Of what infinitely many would give: the means lie 5 shift² apart, the covariances are the same.
    assert biases.mean() == pytest.approx(values.mean() - 5 * shift**2, rel=0.25)
    assert 0.6 * values.std() < np.sqrt((errors**2).mean()) < 2.0 * values.std()


def test_rows_in_an_order_that_repeats_do_not_mislead() -> None:
    rng = np.random.default_rng(5)
    one, other = skewed(400, rng), skewed(400, rng)
    # Every twentieth row is of one class: parts must not be classes.
    one[::20] += 10
    other[::20] += 10
    found, mixed = distance(one, other), distance(rng.permutation(one), other)
    assert found.stderr == pytest.approx(mixed.stderr, rel=0.6)


def test_a_model_that_draws_what_the_data_are_is_hardly_apart() -> None:
    judged = from_dataset(SPOTS)
    figure = evaluate(painter(), judged, ["fid"])["fid"]
    far = evaluate(painter(0.5), judged, ["fid"])["fid"]
    assert figure.n == len(judged.x) == 80
    assert figure.ideal is not None
    assert 0 < figure.value < 2 * figure.ideal
    assert figure.stderr is not None
    assert far.stderr is not None
    assert far.value - 3 * far.stderr > figure.value + 3 * figure.stderr


def test_the_note_names_the_features_and_what_they_are_not() -> None:
    for name, said in (("mobilenet", "MobileNet"), ("raw", "values as they are"), ("pca", "principal components")):
        note = evaluate(painter(), from_dataset(SPOTS), ["fid"], features=name)["fid"].note
        assert said in note
        assert "not the network of published FID figures" in note
        assert "raise it by about" in note


def test_the_same_seed_gives_the_same() -> None:
    judged = from_dataset(SPOTS)
    one, same, other = (evaluate(painter(), judged, ["fid"], seed, features="raw")["fid"] for seed in (1, 1, 2))
    assert one == same != other


def test_made_pictures_have_256_intensities_as_real_ones_do() -> None:
    dim = prepare(Pictures("dim", np.full((100, 6, 6, 1), 7, np.uint8)), PreparationSettings(valid=0.0, test=0.5), 0)
    fitted = painter(data=dim)
    fitted.model.sample = lambda n, seed, *_: (np.full((n, 1, 6, 6), 7.4 / 255), np.full(n, -1))  # type: ignore[method-assign]
    assert evaluate(fitted, from_dataset(dim), ["fid"], features="raw")["fid"].value == pytest.approx(0, abs=1e-12)


def test_it_tells_how_far_it_is_and_can_be_cancelled() -> None:
    told: list[float] = []
    evaluate(painter(), from_dataset(SPOTS), ["fid"], watch=lambda share, _: told.append(share), features="raw")
    assert told == sorted(told)
    assert any(0.2 < share < 0.6 for share in told)

    def stop(share: float, doing: str) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(painter(), from_dataset(SPOTS), ["fid"], watch=stop, features="raw")


def test_where_it_cannot_be_measured() -> None:
    few = prepare(Pictures("few", PIXELS[: FEWEST - 1]), PreparationSettings(valid=0.0, test=0.0), 0)
    assert "40 items or more" in unsuitable(painter(data=few), from_dataset(few))["fid"]
    rows = prepare(points_table("rows", RNG.normal(size=(90, 2))), PreparationSettings(), 0)
    with pytest.raises(DataError, match="these are none"):
        evaluate(trained(rows), from_dataset(rows), ["fid"])


def test_judged_by_what_was_learned_from_there_is_nothing_to_compare_with() -> None:
    figure = evaluate(painter(), from_dataset(SPOTS, "train"), ["fid"], features="raw")["fid"]
    assert figure.ideal is None
    assert "flatters" in figure.note


def test_principal_components_are_of_real_items_alone() -> None:
    items = RNG.normal(size=(300, 1, 10, 10)) * np.linspace(1, 5, 100).reshape(1, 1, 10, 10)
    extract = extractor("pca", items)
    found = extract(items)
    assert found.shape == (300, COMPONENTS)
    assert np.allclose(found.mean(0), 0, atol=1e-9)
    assert np.allclose(np.cov(found.T), np.diag(found.var(axis=0, ddof=1)), atol=1e-8)
    assert np.all(np.diff(found.var(axis=0)) <= 0)
    # Of a piece alone they are the same.
    assert np.allclose(extract(items[:40]), found[:40])


@pytest.mark.parametrize("name", FEATURES)
def test_features_of_every_name_are_the_same_whatever_the_pieces(name: str) -> None:
    pictures = from_dataset(SPOTS).x[:40]
    extract = extractor(name, pictures)
    assert np.allclose(extract(pictures)[33:], extract(pictures[33:]), atol=1e-4)
    assert extract.name == name


def test_features_that_there_are_not() -> None:
    with pytest.raises(SettingsError, match="did you mean `mobilenet`"):
        extractor("mobilnet", PIXELS)
