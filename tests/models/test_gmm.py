from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture

from genstudio.errors import SettingsError, TrainingError
from genstudio.models._mixture_settings import HAND_GIVEN
from genstudio.models.gmm import GaussianMixtureModel, MixtureSettings
from genstudio.settings import validate
from genstudio.training.em import NOT_CONVERGED
from genstudio.training.events import Note, Progress

SHAPES = ("full", "tied", "diag", "spherical")
STARTS = ("kmeans", "k-means++", "random", "random_from_data")
PRIORS = ("dirichlet_process", "dirichlet_distribution")


def model(**settings: Any) -> GaussianMixtureModel:
    return GaussianMixtureModel(validate(MixtureSettings, settings, "the model"))


def learn(data, seed: int = 0, **settings: Any) -> tuple[GaussianMixtureModel, list]:
    learned = model(**settings)
    return learned, list(learned.fit(data, learned.live_settings(), seed))


def stop_after(data, events: int, seed: int = 0, **settings: Any) -> tuple[GaussianMixtureModel, int]:
    """A model whose training was closed after so many events, and the step it had reached."""
    learned = model(**settings)
    training = learned.fit(data, learned.live_settings(), seed)
    step = [next(training) for _ in range(events)][-1].step
    training.close()
    return learned, step


def notes(events: list) -> list[Note]:
    return [event for event in events if isinstance(event, Note)]


def steps(events: list) -> int:
    return max(event.step for event in events if isinstance(event, Progress))


def reference(x: np.ndarray, kind: type = GaussianMixture, **settings: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return kind(**settings).fit(x)


def executed(text: str, train: np.ndarray) -> Any:
    names: dict[str, Any] = {"train": train}
    exec(text, names)
    return names["model"]


def hand_parameters(k: int, d: int, shape: str) -> dict[str, Any]:
    rng = np.random.default_rng(k)
    full = np.stack([np.eye(d) * (1 + i) + 0.2 for i in range(k)])
    precisions = {"full": full, "tied": full[0], "diag": np.ones((k, d)) * 2, "spherical": np.arange(1.0, k + 1)}[shape]
    weights = np.arange(1.0, k + 1) / np.arange(1.0, k + 1).sum()
    return {
        "weights_init": weights.tolist(), "means_init": (rng.normal(size=(k, d)) * 3).tolist(),
        "precisions_init": precisions.tolist(),
    }


@pytest.mark.parametrize(("shape", "start", "n_init"), list(itertools.product(SHAPES, STARTS, (1, 3))))
def test_it_agrees_with_scikit_learn(shape: str, start: str, n_init: int, dataset, clouds) -> None:
    x = clouds(400, 3, clouds=4)
    settings = {"n_components": 4, "covariance_type": shape, "init_params": start, "n_init": n_init}
    learned, events = learn(dataset(x), seed=7, **settings)
    expected = reference(x, random_state=7, **settings)
    assert learned.log_prob(x).mean() == pytest.approx(expected.score(x), rel=1e-9)
    np.testing.assert_allclose(learned.log_prob(x), expected.score_samples(x), rtol=1e-7)
    np.testing.assert_allclose(learned.responsibilities(x), expected.predict_proba(x), atol=1e-7)
    assert learned.n_parameters() == expected._n_parameters()
    if n_init == 1:
        assert steps(events) == expected.n_iter_
    assert expected.converged_ == (NOT_CONVERGED not in {note.badge for note in notes(events)})


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_rows_as_far_from_one_start_as_from_another_go_the_same_way(shape: str, start: str, seed: int, dataset) -> None:
    x = load_iris().data  # on a grid of 0.1, so that many distances are equal
    settings = {"n_components": 8, "covariance_type": shape, "init_params": start}
    learned, _ = learn(dataset(x), seed=seed, **settings)
    assert learned.log_prob(x).mean() == pytest.approx(reference(x, random_state=seed, **settings).score(x), rel=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_single_row_starts_far_from_zero_are_held_open(shape: str, dataset, clouds) -> None:
    data = dataset(clouds(200, 2) + 1e7)
    learned, _ = learn(data, n_components=3, covariance_type=shape, init_params="random_from_data")
    assert np.isfinite(learned.log_prob(data.train)).all()


@pytest.mark.parametrize(("n", "dimension"), [(20_000, 2), (500, 20)], ids=["several chunks", "many columns"])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_agrees_with_scikit_learn_on_more_data(n: int, dimension: int, shape: str, dataset, clouds) -> None:
    x = clouds(n, dimension)
    settings = {"n_components": 3, "covariance_type": shape, "init_params": "k-means++"}
    learned, events = learn(dataset(x), seed=1, **settings)
    expected = reference(x, random_state=1, **settings)
    assert learned.log_prob(x).mean() == pytest.approx(expected.score(x), rel=1e-9)
    assert steps(events) == expected.n_iter_


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("given", [HAND_GIVEN[1:2], HAND_GIVEN[:2], HAND_GIVEN], ids=len)
def test_it_agrees_with_scikit_learn_from_given_parameters(shape: str, given: tuple[str, ...], dataset, clouds) -> None:
    x = clouds(300, 2)
    hand = {name: value for name, value in hand_parameters(3, 2, shape).items() if name in given}
    settings = {"n_components": 3, "covariance_type": shape, **hand}
    learned, events = learn(dataset(x), seed=1, **settings)
    expected = reference(x, random_state=1, **{name: np.array(value) if name in hand else value
                                               for name, value in settings.items()})
    assert learned.log_prob(x).mean() == pytest.approx(expected.score(x), rel=1e-9)
    assert steps(events) == expected.n_iter_
    assert executed(learned.script(1, steps(events)), x).score(x) == pytest.approx(expected.score(x), rel=1e-9)


@pytest.mark.parametrize(
    ("scale", "offset"), [(1e-3, 0.0), (1e6, 0.0), (1.0, 1e4)], ids=["small", "large", "far from zero"]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_it_agrees_with_scikit_learn_at_other_scales(scale: float, offset: float, shape: str, dataset, clouds) -> None:
    x = clouds(300, 2) * scale + offset
    settings = {"n_components": 3, "covariance_type": shape, "reg_covar": 1e-6 * scale**2}
    learned, _ = learn(dataset(x), **settings)
    # Scikit-learn forms E[x²] − E[x]² in the data's own units, so that it is the one to lose digits far from zero.
    tolerance = 1e-9 if offset == 0 else 1e-6
    assert learned.log_prob(x).mean() == pytest.approx(reference(x, random_state=0, **settings).score(x), rel=tolerance)


@pytest.mark.parametrize(("prior", "shape"), list(itertools.product(PRIORS, SHAPES)))
def test_the_bayesian_variant_equals_scikit_learn_in_one_go(prior: str, shape: str, dataset, clouds) -> None:
    x = clouds(250, 2)
    settings = {
        "n_components": 5, "covariance_type": shape, "weight_concentration_prior_type": prior, "max_iter": 40,
        "weight_concentration_prior": 0.1, "n_init": 2, "mean_precision_prior": 0.5,
    }
    learned, events = learn(dataset(x), seed=3, **settings)
    expected = reference(x, BayesianGaussianMixture, random_state=3, **settings)
    np.testing.assert_allclose(learned.parameters()["weights"], expected.weights_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(learned.parameters()["means"], expected.means_, rtol=1e-9)
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.metrics["bound"] == pytest.approx(np.asarray(expected.lower_bound_).item() / 250, rel=1e-12)
    assert last.metrics["train"] == pytest.approx(learned.log_prob(x).mean(), rel=1e-9)
    script = executed(learned.script(3, steps(events)), x)
    np.testing.assert_allclose(script.score_samples(x), learned.log_prob(x), rtol=1e-9)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("prior", ["none", "dirichlet_process"])
@pytest.mark.parametrize("stop", [(1, 1), (1, 3), (3, 2), (3, 14), (3, 20)], ids=str)
def test_the_script_repeats_a_run_stopped_early(start: str, prior: str, stop: tuple[int, int], dataset, clouds) -> None:
    n_init, events = stop
    data = dataset(clouds(200, 2))
    learned, step = stop_after(
        data, events, seed=2, n_components=3, init_params=start, n_init=n_init, max_iter=8, tol=0.0,
        weight_concentration_prior_type=prior,
    )
    script = executed(learned.script(2, step), data.train)
    np.testing.assert_allclose(script.score_samples(data.train), learned.log_prob(data.train), rtol=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_parameters_typed_by_hand_need_no_learning(shape: str, dataset, clouds) -> None:
    hand = hand_parameters(3, 2, shape)
    learned, events = learn(dataset(clouds(20, 2)), n_components=3, covariance_type=shape, max_iter=0, **hand)
    assert steps(events) == 0
    assert notes(events) == []
    parameters = learned.parameters()
    np.testing.assert_allclose(parameters["weights"], hand["weights_init"])
    x = np.random.default_rng(0).normal(size=(10, 2)) * 3
    density = sum(
        w * multivariate_normal(m, c).pdf(x)
        for w, m, c in zip(parameters["weights"], parameters["means"], parameters["covariances"], strict=True)
    )
    np.testing.assert_allclose(learned.log_prob(x), np.log(density), rtol=1e-12)
    np.testing.assert_allclose(executed(learned.script(0, 0), x).score_samples(x), learned.log_prob(x), rtol=1e-9)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"max_iter": 0}, "needs parameters by hand"),
        ({"max_iter": 0, "means_init": [[0.0, 0.0]]}, "needs parameters by hand"),
        ({"max_iter": 0, "weight_concentration_prior_type": "dirichlet_process"}, "takes no parameters by hand"),
        ({"n_components": 0}, "greater than or equal to 1"),
        ({"n_component": 3}, "did you mean `n_components`"),
        ({"tol": -1.0}, "greater than or equal to 0"),
        ({"reg_covar": float("nan")}, "finite"),
        ({"covariance_type": "round"}, "'spherical'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        model(**settings)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weights_init": [0.5, 0.2, 0.2]}, "sum 1"),
        ({"weights_init": [0.5, 0.5]}, "weights_init"),
        ({"weights_init": [1.5, -0.25, -0.25]}, "from 0 to 1"),
        ({"means_init": [[0.0, 1.0]]}, "means_init"),
        ({"means_init": [[0.0], [1.0], [2.0]]}, "means_init"),
        ({"means_init": [[0.0, 1.0], [1.0], [2.0, 0.0]]}, "means_init"),
        ({"precisions_init": [1.0, 1.0, 1.0]}, "precisions_init"),
        ({"precisions_init": [[[1.0, 2.0], [2.0, 1.0]]] * 3}, "positive definite"),
        ({"precisions_init": [["a"]]}, "precisions_init"),
    ],
)
def test_parameters_of_a_wrong_shape_are_refused(changed: dict[str, Any], words: str, dataset, clouds) -> None:
    hand = hand_parameters(3, 2, "full") | changed
    with pytest.raises(SettingsError, match=words):
        learn(dataset(clouds(50, 2)), n_components=3, **hand)


def test_scikit_learn_refusing_a_prior_becomes_a_sentence(dataset, clouds) -> None:
    with pytest.raises(SettingsError, match="degrees_of_freedom_prior"):
        learn(dataset(clouds(50, 3)), weight_concentration_prior_type="dirichlet_process", degrees_of_freedom_prior=1.0)


def test_fewer_rows_than_components_are_refused(dataset, clouds) -> None:
    with pytest.raises(TrainingError, match="5 components cannot be learned from 4 rows"):
        learn(dataset(clouds(4, 2)), n_components=5)


def test_covariances_that_do_not_fit_into_memory_are_refused(dataset) -> None:
    wide = dataset(np.random.default_rng(0).normal(size=(4, 12_000)))
    with pytest.raises(TrainingError, match="do not fit into memory"):
        learn(wide)
    learned, _ = learn(wide, covariance_type="diag")
    assert np.isfinite(learned.log_prob(wide.train)).all()


def test_singular_covariances_are_held_open_and_it_is_said(dataset) -> None:
    line = np.linspace(0, 1, 50)
    _, events = learn(dataset(np.column_stack([line, 2 * line])))
    assert any("singular" in note.text and "reg_covar = 1e-06" in note.text for note in notes(events))


def test_without_regularisation_a_collapse_is_an_error_in_words(dataset) -> None:
    line = np.linspace(0, 1, 50)
    with pytest.raises(TrainingError, match="collapsed"):
        learn(dataset(np.column_stack([line, np.ones(50)])), reg_covar=0.0)
    with pytest.raises(TrainingError, match="collapsed"):
        learn(dataset(np.repeat(line[:5], 10)[:, None]), n_components=5, covariance_type="diag", reg_covar=0.0)


@pytest.mark.parametrize("start", STARTS)
def test_more_components_than_distinct_rows(start: str, dataset) -> None:
    data = dataset(np.repeat([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]], 20, axis=0))
    learned, events = learn(data, n_components=5, init_params=start)
    assert np.isfinite(learned.log_prob(data.train)).all()
    if start == "kmeans":
        assert any("k-means found 3 distinct clusters" in note.text for note in notes(events))


def test_clusters_tiny_against_the_spread_lose_no_digits(dataset) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([centre + rng.normal(size=(100, 2)) * 1e-5 for centre in ([0, 0], [1, 0], [0, 1])])
    settings = {"n_components": 3, "reg_covar": 1e-14}
    learned, _ = learn(dataset(x), **settings)
    assert learned.log_prob(x).mean() == pytest.approx(reference(x, random_state=0, **settings).score(x), rel=1e-9)
    np.testing.assert_allclose(learned.parameters()["covariances"], np.tile(np.eye(2) * 1e-10, (3, 1, 1)), atol=5e-11)


def test_one_gaussian_is_the_closed_form(dataset, clouds) -> None:
    x = clouds(300, 3)
    learned, _ = learn(dataset(x), reg_covar=0.0)
    np.testing.assert_allclose(learned.parameters()["means"][0], x.mean(axis=0))
    np.testing.assert_allclose(learned.parameters()["covariances"][0], np.cov(x.T, bias=True))
    expected = multivariate_normal(x.mean(axis=0), np.cov(x.T, bias=True))
    np.testing.assert_allclose(learned.log_prob(x), expected.logpdf(x))


@pytest.mark.parametrize("shape", SHAPES)
def test_figures_are_those_of_the_current_parameters_and_climb(shape: str, dataset, clouds) -> None:
    data = dataset(clouds(300, 2), valid=0.2)
    learned = model(n_components=4, covariance_type=shape, init_params="random_from_data", tol=1e-6, reg_covar=1e-9)
    climb = []
    for event in learned.fit(data, learned.live_settings(), 0):
        if isinstance(event, Progress):
            assert event.metrics["train"] == pytest.approx(learned.log_prob(data.train).mean(), rel=1e-9)
            assert event.metrics["valid"] == pytest.approx(learned.log_prob(data.valid).mean(), rel=1e-9)
            climb.append(event.metrics["train"])
    assert len(climb) >= 4
    # Tied starts on single rows follow scikit-learn, whose first covariance is no maximum of anything.
    assert (np.diff(climb[1:]) > -1e-9).all()


def test_samples_have_the_moments_of_their_components(dataset) -> None:
    covariance = np.array([[2.0, 0.9], [0.9, 0.7]])
    learned = model()
    learned.set_parameters(np.array([0.3, 0.7]), np.array([[0.0, 5.0], [-4.0, 0.0]]), np.stack([covariance, np.eye(2)]))
    x, component = learned.sample(40_000, 0)
    assert (component == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_allclose(x[component == 0].mean(axis=0), [0, 5], atol=0.06)
    np.testing.assert_allclose(np.cov(x[component == 0].T), covariance, atol=0.08)
    np.testing.assert_allclose(np.cov(x[component == 1].T), np.eye(2), atol=0.05)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("full", [[[2.0, 0.5], [0.5, 1.0]], [[4.0, 0.0], [0.0, 1.0]]]),
        ("tied", [[[3.5, 0.125], [0.125, 1.0]]] * 2),
        ("diag", [[[2.0, 0.0], [0.0, 1.0]], [[4.0, 0.0], [0.0, 1.0]]]),
        ("spherical", [[[1.5, 0.0], [0.0, 1.5]], [[2.5, 0.0], [0.0, 2.5]]]),
    ],
)
def test_covariances_by_hand_take_the_shape_of_the_model(shape: str, expected: list, dataset) -> None:
    learned = model(covariance_type=shape)
    covariances = np.array([[[2.0, 0.5], [0.5, 1.0]], [[4.0, 0.0], [0.0, 1.0]]])
    learned.set_parameters(np.array([1.0, 3.0]), np.zeros((2, 2)), covariances)
    np.testing.assert_allclose(learned.parameters()["covariances"], expected)
    np.testing.assert_allclose(learned.parameters()["weights"], [0.25, 0.75])
    x = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_allclose(executed(learned.script(0, 9), x).score_samples(x), learned.log_prob(x), rtol=1e-12)


@pytest.mark.parametrize(
    "given",
    [
        ([0.5, 0.5], [[0.0, 0.0], [1.0, 1.0]], [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]]),
        ([-0.5, 1.5], [[0.0, 0.0], [1.0, 1.0]], [np.eye(2)] * 2),
        ([0.0, 0.0], [[0.0, 0.0], [1.0, 1.0]], [np.eye(2)] * 2),
        ([np.nan, 1.0], [[0.0, 0.0], [1.0, 1.0]], [np.eye(2)] * 2),
        ([0.5, 0.5], [[np.inf, 0.0], [1.0, 1.0]], [np.eye(2)] * 2),
        ([1.0], [[0.0, 0.0], [1.0, 1.0]], [np.eye(2)] * 2),
        ([0.5, 0.5], [[0.0, 0.0], [1.0, 1.0]], [np.full((2, 2), np.nan)] * 2),
    ],
)
@pytest.mark.parametrize("shape", ["full", "diag"])
def test_bad_parameters_by_hand_change_nothing(given: tuple[Any, ...], shape: str, dataset, clouds) -> None:
    weights, means, covariances = given
    if shape == "diag" and np.linalg.det(np.nan_to_num(covariances[0])) < 0:
        pytest.skip("its diagonal is a valid covariance")
    learned, _ = learn(dataset(clouds(50, 2)), n_components=2, covariance_type=shape)
    before = learned.parameters()
    with pytest.raises(SettingsError):
        learned.set_parameters(np.array(weights), np.array(means), np.array(covariances))
    for name, array in learned.parameters().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_component_dragged_in_mid_training_is_learned_from(dataset, clouds) -> None:
    data = dataset(clouds(300, 2))
    learned = model(n_components=3, init_params="random", tol=0.0)
    training = learned.fit(data, learned.live_settings(), 0)
    for _ in range(3):
        next(training)
    moved = learned.parameters() | {"means": data.train[:3].copy()}
    learned.set_parameters(**moved)
    next(training)
    expected = reference(
        data.train, n_components=3, max_iter=1, weights_init=moved["weights"], means_init=moved["means"],
        precisions_init=np.linalg.inv(moved["covariances"]),
    )
    np.testing.assert_allclose(learned.parameters()["means"], expected.means_, rtol=1e-9)
    training.close()
    assert "by hand" in learned.script(0, 3)


def test_a_component_of_weight_zero_is_no_trouble() -> None:
    learned = model()
    learned.set_parameters(np.array([1.0, 0.0]), np.zeros((2, 1)), np.ones((2, 1, 1)))
    x = np.array([[0.0], [3.0]])
    np.testing.assert_allclose(learned.log_prob(x), multivariate_normal(0, 1).logpdf(x[:, 0]))
    assert np.isfinite(learned.contributions(x)).all()


def test_far_away_points_keep_a_finite_log_density(dataset, clouds) -> None:
    learned, _ = learn(dataset(clouds(100, 2)), n_components=3)
    far = np.array([[1e6, -1e6], [1e150, 0.0]])
    assert np.isfinite(learned.log_prob(far)).all()
    assert np.isfinite(learned.responsibilities(far)).all()


@pytest.mark.parametrize("centres", [[0.0], [0.0, 10.0, 30.0], [0.0, 9.0, 18.0, 27.0, 36.0]])
def test_it_recommends_as_many_components_as_there_are_clouds(centres: list[float], dataset) -> None:
    generator = np.random.default_rng(0)
    x = np.concatenate([generator.normal(centre, 1.0, size=(80, 2)) for centre in centres])
    assert GaussianMixtureModel.recommended(dataset(x)) == {"n_components": len(centres)}


def test_it_recommends_nothing_for_data_it_cannot_learn(dataset) -> None:
    assert GaussianMixtureModel.recommended(dataset(np.zeros((1, 2)))) == {}


def test_a_long_start_can_be_watched_and_stopped(dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from genstudio.models import _starts

    go_on = threading.Event()

    class SlowKMeans(_starts.KMeans):
        def fit(self, *arguments, **named):
            go_on.wait(10)
            return super().fit(*arguments, **named)

    monkeypatch.setattr(_starts, "KMeans", SlowKMeans)
    data = dataset(np.random.default_rng(0).normal(size=(6000, 2)))
    learned = model(n_components=3)
    training = learned.fit(data, learned.live_settings(), 0)
    waiting = next(training)
    assert isinstance(waiting, Progress)
    assert (waiting.step, dict(waiting.metrics), waiting.items) == (0, {}, 6000)
    # Until the start is found, the model is the Gaussian of all the data.
    np.testing.assert_allclose(learned.log_prob(data.train[:9]), multivariate_normal(
        data.train.mean(axis=0), np.cov(data.train.T, bias=True) + 1e-6 * np.eye(2)).logpdf(data.train[:9]))
    training.close()
    go_on.set()
    assert np.isfinite(learned.log_prob(data.train)).all()
