from __future__ import annotations

import numpy as np
import pytest
import torch

from genstudio.nets.likelihoods import NARROWEST, Bernoulli, DiscretizedLogistic, Gaussian, likelihood

LEVELS = torch.arange(256).float() / 255
MIDDLES = torch.tensor([-8.0, -2.0, 0.0, 0.3, 5.0])


@pytest.mark.parametrize("log_scale", [NARROWEST, -5.0, -2.0, 0.0, 2.0])
@pytest.mark.parametrize("said", MIDDLES.tolist())
def test_the_256_intensities_have_all_the_probability(log_scale: float, said: float) -> None:
    logistic = DiscretizedLogistic((1,))
    torch.nn.init.constant_(logistic.log_scale, log_scale)
    logs = logistic.log_prob(torch.full((256, 1), said), LEVELS[:, None])
    assert torch.isfinite(logs).all()
    assert float(logs.detach().double().exp().sum()) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("log_scale", [-3.0, 0.0])
def test_the_normal_integrates_to_one(log_scale: float) -> None:
    normal = Gaussian((1,))
    torch.nn.init.constant_(normal.log_scale, log_scale)
    x = torch.linspace(-20, 20, 20001)[:, None]
    logs = normal.log_prob(torch.full_like(x, 0.7), x).detach().double()
    assert float(logs.exp().sum() * 0.002) == pytest.approx(1.0, abs=1e-4)


def test_black_and_white_have_all_the_probability() -> None:
    logs = [Bernoulli().log_prob(MIDDLES, torch.full_like(MIDDLES, value)).exp() for value in (0.0, 1.0)]
    torch.testing.assert_close(sum(logs), torch.ones_like(MIDDLES))


@pytest.mark.parametrize("name", ["bernoulli", "gaussian", "logistic"])
def test_samples_follow_the_likelihood(name: str) -> None:
    found = likelihood(name, (1, 1, 1))
    said, draw = torch.full((40_000, 1, 1, 1), 0.4), torch.Generator().manual_seed(0)
    with torch.no_grad():
        x = found.sample(said, draw)
        error = float(x.std()) / 200
        # The intensities beyond black and white are cut off, which moves the mean by a little.
        cut = 0.02 if name == "logistic" else 0.0
        assert abs(float(x.mean()) - float(found.mean(said).mean())) < 5 * error + cut
        # The mean log-density of what is drawn is minus the entropy, which numbers of the density's own give as well.
        one, other = (found.log_prob(said, found.sample(said, draw)).flatten() for _ in range(2))
        assert abs(float(one.mean() - other.mean())) < 5 * float((one.var() + other.var()).sqrt()) / 200
        cold = found.sample(said, draw, temperature=0.0)
        assert float(cold.var()) < 1e-12


def test_pixels_of_a_colour_share_their_scale() -> None:
    assert likelihood("gaussian", (3, 8, 8)).log_scale.shape == (3, 1, 1)
    assert likelihood("gaussian", (5,)).log_scale.shape == (5,)
    assert np.isfinite(likelihood("logistic", (3, 4, 4)).log_prob(
        torch.zeros(2, 3, 4, 4), torch.full((2, 3, 4, 4), 0.5)
    ).detach().numpy()).all()
