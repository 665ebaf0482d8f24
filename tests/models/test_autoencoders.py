"""Bounds against what is known exactly, gradients against differences, alarms, and what settings must not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from genstudio.data.dataset import Dataset
from genstudio.errors import SettingsError, TrainingError
from genstudio.models._autoencoder import Autoencoder
from genstudio.models._autoencoder_net import Drawn, kl_to_prior
from genstudio.models._ladder_nets import LadderNet
from genstudio.models._vae_nets import VaeNet
from genstudio.models.ladder_vae import LadderSettings, LadderVae
from genstudio.models.registry import model
from genstudio.models.vae import VaeSettings, VariationalAutoencoder
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Note, Progress

MakeDataset = Callable[..., Dataset]
TINY = {"hidden_features": (8,), "warmup": 0}
FAMILIES: dict[str, dict[str, Any]] = {"vae": {"latent_dim": 2}, "ladder_vae": {"latent_dims": (1, 1), "kl_warmup": 0}}
BOTH = pytest.mark.parametrize("key", FAMILIES)


def trained(key: str, data: Dataset, steps: int, seed: int = 0, **settings: Any) -> tuple[Autoencoder, list[Any]]:
    family = model(key)
    found = family(family.Settings(**{**TINY, **FAMILIES[key], **settings}))
    assert isinstance(found, Autoencoder)
    budget = Budget(steps=steps, batch_size=64, precision="float32")
    return found, list(found.fit(data, found.live_settings(), seed, budget))


def alarms(events: list[Any]) -> list[Note]:
    return [event for event in events if isinstance(event, Note) and event.level == "alarm"]


def moons(n: int) -> np.ndarray:
    """Two half circles with noise, shape (n, 2)."""
    rng = np.random.default_rng(0)
    angle, lower = rng.uniform(0, np.pi, n), rng.integers(2, size=n)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    shifted = np.where(lower[:, None], [1.0, 0.5] - points, points)
    found: np.ndarray = shifted + 0.1 * rng.normal(size=(n, 2))
    return found


class Linear:
    """A linear decoder with known weights: x = W z + b + s e; and the posterior, exact or off by a factor."""

    def __init__(self, seed: int, orthogonal: bool, width: float) -> None:
        rng = np.random.default_rng(seed)
        W = rng.normal(size=(4, 2))
        self.W = np.linalg.qr(W)[0] * [2.0, 0.7] if orthogonal else W
        self.b, self.s = rng.normal(size=4), 0.6
        precision = np.eye(2) + self.W.T @ self.W / self.s**2
        gain = np.linalg.solve(precision, self.W.T) / self.s**2
        self.density = stats.multivariate_normal(self.b, self.W @ self.W.T + self.s**2 * np.eye(4))
        log_var = np.log(width**2 / np.diag(precision))
        self.state = {
            "net.encoder.1.0.weight": np.vstack([gain, np.zeros((2, 4))]),
            "net.encoder.1.0.bias": np.concatenate([-gain @ self.b, log_var]),
            "net.decoder.0.0.weight": self.W, "net.decoder.0.0.bias": self.b,
            "net.likelihood.log_scale": np.full(4, np.log(self.s)),
        }

    def autoencoder(self) -> VariationalAutoencoder:
        found = VariationalAutoencoder(VaeSettings(latent_dim=2, hidden_features=()))
        weights = {name: array.astype(np.float32) for name, array in self.state.items()}
        found.load_state({
            **weights, "shape": np.array([4]), "classes": np.array([0]), "shift": np.zeros(4), "scale": np.ones(4),
        })
        return found

    def sample(self, n: int) -> np.ndarray:
        return self.density.rvs(n, random_state=1)


class TestBound:
    def test_with_the_true_posterior_every_draw_tells_the_likelihood(self) -> None:
        linear = Linear(0, orthogonal=True, width=1.0)
        x = linear.sample(200)
        for k in (1, 5):
            found = linear.autoencoder().log_prob_bound(x, k, seed=0)
            np.testing.assert_allclose(found, linear.density.logpdf(x), atol=2e-4)

    @pytest.mark.parametrize("seed", [0, 1, 2])
    @pytest.mark.parametrize(("orthogonal", "width"), [(True, 1.3), (False, 1.2)])
    def test_a_thousand_draws_agree_with_the_exact_likelihood(self, seed: int, orthogonal: bool, width: float) -> None:
        linear = Linear(seed, orthogonal, width)
        x = linear.sample(400)
        off = linear.autoencoder().log_prob_bound(x, 1000, seed=seed) - linear.density.logpdf(x)
        error = off.std(ddof=1) / np.sqrt(len(x))
        assert 0 < error < 0.01
        assert abs(off.mean()) < 3 * error

    @BOTH
    def test_many_draws_agree_with_quadrature_over_the_latent_space(
        self, key: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        data = dataset(clouds(200, 2))
        found, _ = trained(key, data, 300, learning_rate=0.01)
        points, weights = np.polynomial.hermite_e.hermegauss(120)
        z = np.stack(np.meshgrid(points, points, indexing="ij"), axis=-1).reshape(-1, 2)
        log_weights = np.log(np.outer(weights, weights).ravel() / (2 * np.pi))
        net, x = found.net, data.train[:60]
        with found.answering():
            given = torch.zeros(len(z), 0)
            said = net.said(torch.from_numpy(z).float(), given)
            scaled = torch.from_numpy(found.scaling.forward(x)).float()
            logs = torch.stack([net.likelihood.log_prob(said, row).sum(1) for row in scaled]).double().numpy()
        exact = np.logaddexp.reduce(logs + log_weights, axis=1) - np.log(found.scaling.scale).sum()  # type: ignore[attr-defined]
        off = found.log_prob_bound(x, 1000, seed=0) - exact
        error = off.std(ddof=1) / np.sqrt(len(x))
        assert abs(off.mean()) < 3 * error + 0.01

    @BOTH
    def test_terms_are_those_of_the_bound(self, key: str, pictures: MakeDataset) -> None:
        data = pictures(40)
        found, _ = trained(key, data, 10, channels=(4,), binarize=True)
        x = data.preparation.to_model(data.train)
        terms = [found.bound_terms(x, seed) for seed in range(30)]
        elbo = [reconstruction - kl.sum(axis=1) for reconstruction, kl in terms]
        draws = [found.log_prob_bound(x, 1, seed) for seed in range(30)]
        error = np.sqrt((np.var(elbo, axis=0).mean() + np.var(draws, axis=0).mean()) / (30 * len(x)))
        assert abs(np.mean(elbo) - np.mean(draws)) < 5 * error
        assert found.outcomes() == "bits"

    def test_kl_agrees_with_draws(self) -> None:
        draw = torch.Generator().manual_seed(0)
        mean, log_var = torch.tensor([[1.5, 0.0, -0.3]]), torch.tensor([[-2.0, 0.0, 1.0]])
        z = mean + torch.exp(0.5 * log_var) * torch.randn(200_000, 3, generator=draw)
        q, p = torch.distributions.Normal(mean, torch.exp(0.5 * log_var)), torch.distributions.Normal(0.0, 1.0)
        ratio = q.log_prob(z) - p.log_prob(z)
        error = ratio.std(0) / np.sqrt(len(z)) + 1e-9
        assert ((kl_to_prior(Drawn(z, mean, log_var))[0] - ratio.mean(0)).abs() < 4 * error).all()

    @pytest.mark.parametrize("kind", ["vae", "ladder"])
    def test_gradients_agree_with_differences(self, kind: str) -> None:
        torch.manual_seed(0)
        smooth: dict[str, Any] = {"hidden_features": (3,), "activation": "tanh"}
        net = (
            VaeNet(VaeSettings(latent_dim=2, **smooth), (3,), 2) if kind == "vae"
            else LadderNet(LadderSettings(latent_dims=(2, 1), **smooth), (3,), 2)
        ).double()
        x, given = torch.randn(4, 3).double(), torch.eye(2).double()[[0, 1, 1, 0]]
        noise = torch.randn(4, sum(net.levels)).double()
        names, weights = zip(*net.named_parameters(), strict=True)

        def bound(*values: torch.Tensor) -> torch.Tensor:
            for name, value in zip(names, values, strict=True):
                owner, _, leaf = name.rpartition(".")
                module = net.get_submodule(owner)
                module._parameters.pop(leaf, None)
                setattr(module, leaf, value)
            drawn = net.draw(net.features(x, given), given, noise)
            return (net.reconstruction(x, drawn.z, given) - kl_to_prior(drawn).sum(1)).mean()

        values = [weight.detach().clone().requires_grad_() for weight in weights]
        assert torch.autograd.gradcheck(bound, values)


class TestAlarm:
    @BOTH
    def test_a_collapse_is_told_in_words(self, key: str, pictures: MakeDataset) -> None:
        _, events = trained(key, pictures(64), 560, channels=(4,), beta=1000.0)
        told = alarms(events)
        assert len(told) == 1
        assert "carries nothing" in told[0].text
        assert "β" in told[0].remedy

    def test_a_weight_that_rises_slowly_does_not_put_the_alarm_off(self, pictures: MakeDataset) -> None:
        _, events = trained("vae", pictures(64), 610, channels=(4,), beta=1000.0, kl_warmup=10_000)
        assert len(alarms(events)) == 1

    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_points_collapse_under_a_heavy_weight(self, seed: int, dataset: MakeDataset) -> None:
        _, events = trained("vae", dataset(moons(300)), 650, seed, beta=1000.0)
        assert len(alarms(events)) == 1

    @pytest.mark.parametrize("seed", [1, 2])
    def test_what_only_begins_slowly_has_not_collapsed(self, seed: int, dataset: MakeDataset) -> None:
        _, events = trained("vae", dataset(moons(300)), 800, seed, hidden_features=(16,), schedule="constant")
        kl = [event.metrics["kl"] for event in events if isinstance(event, Progress) and "kl" in event.metrics]
        early, late = np.median(kl[200:400]), np.median(kl[-50:])
        assert early < 0.05 < late
        assert not alarms(events)

    @BOTH
    def test_what_is_recommended_does_not_collapse(self, key: str, pictures: MakeDataset) -> None:
        data = pictures(256)
        family = model(key)
        small = {"hidden_features": (32,), "channels": (8, 16), "kl_warmup": 100}
        found = family(family.Settings(**{**family.recommended(data), **small}))
        events = list(found.fit(data, found.live_settings(), 0, Budget(steps=700, batch_size=32, precision="float32")))
        assert not alarms(events)
        last = [event for event in events if isinstance(event, Progress) and "kl" in event.metrics][-1].metrics
        assert last["kl"] > 1.0


class TestFigures:
    def test_beta_rises_and_can_be_turned(self, dataset: MakeDataset, clouds: Callable[..., np.ndarray]) -> None:
        data = dataset(clouds(100, 2))
        found = VariationalAutoencoder(VaeSettings(**TINY, kl_warmup=10, beta=2.0))
        live, told = found.live_settings(), []
        for event in found.fit(data, live, 0, Budget(steps=20, precision="float32")):
            if isinstance(event, Progress) and "beta" in event.metrics:
                told.append(event.metrics["beta"])
                if event.step == 15:
                    live.set("beta", 5.0)
        assert told[:10] == pytest.approx(np.linspace(0.2, 2.0, 10))
        assert told[10:] == [2.0] * 5 + [5.0] * 5

    def test_levels_are_told_apart(self, dataset: MakeDataset, clouds: Callable[..., np.ndarray]) -> None:
        _, events = trained("ladder_vae", dataset(clouds(100, 2)), 3, latent_dims=(3, 2, 1))
        last = [event for event in events if isinstance(event, Progress) and "kl" in event.metrics][-1].metrics
        assert last["kl"] == pytest.approx(sum(last[f"kl_{level}"] for level in (1, 2, 3)))

    def test_free_bits_are_for_nothing(self, dataset: MakeDataset, clouds: Callable[..., np.ndarray]) -> None:
        data = dataset(clouds(200, 2))
        carried = {}
        for free in (0.0, 2.0):
            _, events = trained("vae", data, 300, free_bits=free, beta=20.0, learning_rate=0.01)
            told = [event.metrics["kl"] for event in events if isinstance(event, Progress) and "kl" in event.metrics]
            carried[free] = np.mean(told[-50:])
        assert carried[0.0] < 0.5
        assert 3.0 < carried[2.0] < 6.0


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"likelihood": "bernoulli"}, "between 0 and 1"), ({"likelihood": "logistic"}, "pictures"),
            ({"binarize": True}, "black or white"),
        ],
    )
    def test_likelihoods_that_do_not_suit_numbers_are_refused(
        self, settings: dict[str, Any], words: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        with pytest.raises(TrainingError, match=words):
            trained("vae", dataset(clouds(50, 2)), 2, **settings)

    def test_zeros_and_ones_may_be_bernoulli(self, dataset: MakeDataset) -> None:
        x = np.random.default_rng(0).integers(0, 2, (60, 5)).astype(float)
        found, _ = trained("vae", dataset(x), 5, likelihood="bernoulli")
        assert set(np.unique(found.sample(50, 0)[0])) <= {0.0, 1.0}
        assert (found.log_prob_bound(x, 5, 0) < 0).all()

    @pytest.mark.parametrize(
        ("family", "settings"),
        [
            (VariationalAutoencoder, {"hidden_features": (0,)}), (VariationalAutoencoder, {"channels": ()}),
            (VariationalAutoencoder, {"latent_dim": 0}), (LadderVae, {"latent_dims": ()}),
            (LadderVae, {"hidden_features": ()}), (LadderVae, {"latent_dims": (2, 0)}),
        ],
    )
    def test_sizes_that_make_no_network_are_refused(self, family: type[Autoencoder], settings: dict[str, Any]) -> None:
        with pytest.raises(SettingsError, match=next(iter(settings))):
            validate(family.Settings, settings, "the model")

    @pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "logistic"])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_every_likelihood_learns_pictures(self, likelihood: str, channels: int, pictures: MakeDataset) -> None:
        data = pictures(64, 7, 9, channels)
        found, events = trained("vae", data, 80, likelihood=likelihood, channels=(4, 8), learning_rate=0.01)
        told = [event.metrics["train"] for event in events if isinstance(event, Progress) and "train" in event.metrics]
        assert np.mean(told[-10:]) > np.mean(told[:10]) + 3
        x = found.sample(5, 0)[0]
        assert x.shape == (5, channels, 7, 9)
        assert found.outcomes() == {"bernoulli": "intensities", "gaussian": "density", "logistic": "bytes"}[likelihood]
