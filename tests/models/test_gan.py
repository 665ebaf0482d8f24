"""The game of generator and discriminator: its losses, who moves when, the remedies, and what the two are asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.errors import TrainingError
from genstudio.models._gan_learner import GanLearner
from genstudio.models._gan_losses import GAMES
from genstudio.models._gan_nets import Critic, critic_of, only_answering
from genstudio.models._gan_penalties import one_centred, with_slopes, zero_centred
from genstudio.models._gan_presets import PRESETS
from genstudio.models._gan_settings import FEW_COLUMNS, GanSettings, for_rows
from genstudio.models._one_net import BatchedItems
from genstudio.models.gan import GenerativeAdversarialNetwork
from genstudio.training.budget import Budget
from genstudio.training.descent import Batch
from genstudio.training.descent_state import copies, weights_of
from genstudio.training.events import Event, LiveSettings, Progress

MakeDataset = Callable[..., Dataset]
SMALL: dict[str, Any] = {"hidden_features": (16, 16), "warmup": 0}
USUAL = {"discriminator.levels", "discriminator.batches"}
"""What is kept of the numbers that were said, whoever learns."""
every_game = pytest.mark.parametrize("loss", sorted(GAMES))
REMEDIES: dict[str, dict[str, Any]] = {
    "plain": {}, "minibatch discrimination": {"minibatch_discrimination": True},
    "minibatch deviation": {"minibatch_stddev": True}, "unrolled": {"unrolled_steps": 2}, "packed": {"pack": 3},
    "mode seeking": {"mode_seeking": 1.0}, "noise": {"instance_noise": 0.3}, "by norm": {"spectral_norm": True},
    "three steps": {"discriminator_steps": 3}, "WGAN-GP": {"loss": "wasserstein", "gradient_penalty": 1.0, "r1": 0.0},
    "one slope": {"r2": 0.0}, "by class": {"conditional": True, "pack": 2},
}
every_remedy = pytest.mark.parametrize("changes", REMEDIES.values(), ids=REMEDIES)


def model(**changes: Any) -> GenerativeAdversarialNetwork:
    return GenerativeAdversarialNetwork(GanSettings(**{**SMALL, **changes}))


def learning(gan: GenerativeAdversarialNetwork, data: Dataset, steps: int, seed: int = 0) -> Iterator[Event]:
    return gan.fit(data, gan.live_settings(), seed, Budget(steps=steps, batch_size=60, precision="float32"))


def learned(data: Dataset, steps: int = 5, **changes: Any) -> GenerativeAdversarialNetwork:
    gan = model(**changes)
    for _ in learning(gan, data, steps):
        pass
    return gan


@pytest.fixture(scope="module")
def cloud(dataset: MakeDataset) -> Dataset:
    """Points about (3, -1), of deviations 2 and 0.5."""
    return dataset(np.random.default_rng(0).normal(size=(240, 2)) * [2.0, 0.5] + [3.0, -1.0], valid=0.25)


def numbers(*values: float) -> Tensor:
    return torch.tensor(values, requires_grad=True)


class TestLosses:
    @every_game
    def test_the_discriminator_raises_real_items_and_lowers_made_ones(self, loss: str) -> None:
        real, made = numbers(0.2, -0.4), numbers(0.1, 0.3)
        GAMES[loss].discriminator(real, made, 0.0).backward()  # type: ignore[no-untyped-call]
        assert real.grad is not None
        assert made.grad is not None
        assert (real.grad < 0).all()
        assert (made.grad > 0).all()

    @every_game
    def test_the_generator_raises_made_items(self, loss: str) -> None:
        made = numbers(0.1, -0.3)
        GAMES[loss].generator(torch.tensor([0.5, 0.2]), made).backward()  # type: ignore[no-untyped-call]
        assert made.grad is not None
        assert (made.grad < 0).all()

    @every_game
    def test_verdicts_rise_from_0_to_1_and_are_even_where_it_cannot_tell(self, loss: str) -> None:
        game, levels = GAMES[loss], torch.tensor([7.0, 3.0])
        found = game.verdict(torch.linspace(-9, 19, 57), levels)
        assert (found.diff() >= 0).all()
        assert found[0] < 0.05
        assert found[-1] > 0.95
        free, half = loss in ("wasserstein", "relativistic"), 0.5 if loss == "least_squares" else 0.0
        assert float(game.verdict(torch.tensor(5.0 if free else half), levels)) == pytest.approx(0.5)

    @pytest.mark.parametrize(("loss", "best"), [
        ("minimax", np.log(3.0)), ("non_saturating", np.log(3.0)), ("least_squares", 0.75),
    ])
    def test_what_is_three_times_as_often_real_as_made_has_the_verdict_of_three_quarters(
        self, loss: str, best: float
    ) -> None:
        game, nothing = GAMES[loss], torch.zeros(1)
        assert float(game.verdict(torch.tensor(best), torch.zeros(2))) == pytest.approx(0.75)
        for said, rising in ((best - 0.05, False), (best + 0.05, True)):
            one = numbers(said)
            total = 3 * game.discriminator(one, nothing, 0.0) + game.discriminator(nothing, one, 0.0)
            total.backward()  # type: ignore[no-untyped-call]
            assert one.grad is not None
            assert bool(one.grad > 0) == rising

    def test_smooth_labels_are_never_quite_sure(self) -> None:
        for said, rising in ((np.log(9.0) - 0.1, False), (np.log(9.0) + 0.1, True)):
            real = numbers(said)
            GAMES["non_saturating"].discriminator(real, torch.zeros(1), 0.1).backward()  # type: ignore[no-untyped-call]
            assert real.grad is not None
            assert bool(real.grad > 0) == rising

    def test_minimax_teaches_nothing_where_the_discriminator_is_sure(self) -> None:
        gradients = []
        for loss in ("minimax", "non_saturating"):
            made = numbers(-12.0)
            GAMES[loss].generator(torch.zeros(1), made).backward()  # type: ignore[no-untyped-call]
            gradients.append(abs(float(made.grad)))  # type: ignore[arg-type]
        assert gradients[0] < 1e-4
        assert gradients[1] == pytest.approx(1.0, abs=1e-4)

    def test_penalties_of_a_plane_are_those_of_its_slope(self) -> None:
        slope = torch.tensor([3.0, 4.0])
        plane = lambda x, given: x @ slope + given.sum(1)  # noqa: E731
        x, given = torch.randn(5, 2), torch.ones(5, 1)
        said, slopes = with_slopes(plane, x, given)
        assert torch.allclose(said, x @ slope + 1)
        assert float(zero_centred(slopes)) == pytest.approx(12.5)
        assert float(one_centred(plane, x, x + 1, given, torch.rand(5))) == pytest.approx(16.0)


class TestAdvice:
    def test_few_columns_are_seen_in_fine_detail(self) -> None:
        few, many = for_rows(1000, FEW_COLUMNS), for_rows(1000, FEW_COLUMNS + 1)
        assert few["waves"] > 0
        assert "waves" not in many
        assert few["discriminator_rate"] > few["learning_rate"]

    def test_the_more_rows_the_less_is_left_of_the_penalties(self) -> None:
        left = [for_rows(rows, 2)["penalty_left"] for rows in (2, 2000, 50_000)]
        assert left == sorted(left, reverse=True)
        assert left[2] < left[1] < 0.1 == left[0]

    @pytest.mark.parametrize("columns", [1, 2, 3, 20])
    def test_settings_take_what_is_advised(self, columns: int) -> None:
        assert GanSettings(**for_rows(500, columns)).max_epochs >= 10


class TestPlaying:
    @staticmethod
    def round(
        share: float = 0.5, seed: int = 0, step: int = 1, **changes: Any
    ) -> tuple[GanLearner, list[tuple[str, float]]]:
        """A learner after one round, and the losses that it gave."""
        gan = model(**changes)
        torch.manual_seed(0)
        nets, x = gan.build((2,), 0), np.random.default_rng(1).normal(size=(40, 2))
        items = BatchedItems(x, None, 0, torch.device("cpu"))
        learner = GanLearner(nets, gan.settings, gan.live_settings(), items, None)
        batch = Batch(torch.arange(30), torch.Generator().manual_seed(seed), step, 0.0, share)
        return learner, [(name, float(loss.detach())) for name, loss in learner.losses(batch)]

    @pytest.mark.parametrize(("changes", "names"), [
        ({}, ["discriminator", "generator"]),
        ({"discriminator_steps": 3}, ["discriminator"] * 3 + ["generator"]),
        ({"players": "generator", "discriminator_steps": 3}, ["generator"]),
        ({"players": "discriminator", "discriminator_steps": 2}, ["discriminator"] * 2),
    ])
    def test_who_learns_moves(self, changes: dict[str, Any], names: list[str]) -> None:
        learner, found = self.round(**changes)
        assert [name for name, _ in found] == names
        assert set(learner.figures()) == {
            "loss", "discriminator_loss", "real_verdict", "fake_verdict", "real_recognised", "fake_recognised"
        }
        assert all(p.requires_grad for net in learner.nets.values() for p in net.parameters())

    def test_noise_has_faded_at_the_end(self) -> None:
        _, plain = self.round(1.0)
        assert self.round(1.0, instance_noise=0.5)[1] == plain
        assert self.round(0.9, instance_noise=0.5)[1] != plain

    def test_penalties_fall_to_what_is_left_of_them(self) -> None:
        light, heavy = (dict(self.round(share, penalty_left=0.01, r1=5.0, r2=5.0)[1]) for share in (1.0, 0.0))
        assert heavy == dict(self.round(0.0, r1=5.0, r2=5.0)[1])
        assert light["discriminator"] == pytest.approx(dict(self.round(r1=0.05, r2=0.05)[1])["discriminator"])
        assert light["discriminator"] < heavy["discriminator"]

    @pytest.mark.parametrize(("step", "weight"), [(1, 4.0), (2, 0.0), (4, 0.0), (5, 4.0)])
    def test_seldom_penalties_weigh_so_many_times(self, step: int, weight: float) -> None:
        seldom = self.round(step=step, penalty_interval=4, r1=1.0, r2=1.0)[1]
        assert seldom == self.round(r1=weight, r2=weight)[1]

    def test_a_generator_may_have_widths_of_its_own(self) -> None:
        same, own = (model(generator_features=widths).build((2,), 0) for widths in ((), (8, 8, 8)))
        sizes = [[len(list(net.parameters())) for net in nets.values()] for nets in (same, own)]
        assert sizes == [[6, 6], [8, 6]]

    def test_the_discriminator_ahead_is_another_one(self) -> None:
        gan = model(unrolled_steps=3)
        nets = gan.build((2,), 0)
        items = BatchedItems(np.random.default_rng(1).normal(size=(40, 2)), None, 0, torch.device("cpu"))
        learner = GanLearner(nets, gan.settings, gan.live_settings(), items, None)
        losses = learner.losses(Batch(torch.arange(30), torch.Generator().manual_seed(0), 1, 0.0, 0.0))
        next(losses)
        before = copies(weights_of(nets))
        name, loss = next(losses)
        assert name == "generator"
        assert all(torch.equal(tensor, before[key]) for key, tensor in weights_of(nets).items())
        loss.backward()  # type: ignore[no-untyped-call]
        assert all(p.grad is None for p in nets["discriminator"].parameters())
        assert all(p.grad is not None for p in nets["generator"].parameters())

    @pytest.mark.parametrize(("player", "still"), [("generator", "discriminator"), ("discriminator", "generator")])
    def test_who_waits_stays_as_it_is(self, player: str, still: str, cloud: Dataset) -> None:
        gan = model(average=0.0)
        live = gan.live_settings()
        training = gan.fit(cloud, live, 0, Budget(steps=8, batch_size=60, precision="float32"))
        while True:
            event = next(training)
            if isinstance(event, Progress) and event.step == 3:
                break
        live.set("players", player)
        before = copies(weights_of(gan.nets))
        list(training)
        changed = {name for name, tensor in weights_of(gan.nets).items() if not torch.equal(tensor, before[name])}
        assert {name.split(".")[0] for name in changed if name not in USUAL} == {player}
        assert still != player

    def test_each_has_a_rate_of_its_own(self, cloud: Dataset) -> None:
        gan = learned(cloud, discriminator_rate=0.0, average=0.0)
        with torch.random.fork_rng():
            torch.manual_seed(0)
            fresh = weights_of(gan.build((2,), 0))
        same = {name: torch.equal(tensor, fresh[name]) for name, tensor in weights_of(gan.nets).items()}
        assert all(same[name] == ("discriminator" in name) for name in same if name not in USUAL)

    def test_only_the_generator_is_averaged(self, cloud: Dataset) -> None:
        gan = model(average=0.99)
        for _ in islice(learning(gan, cloud, 9), 6):
            before = copies(weights_of(gan.nets))
        with gan.answering():
            shown = copies(weights_of(gan.nets))
        differ = {name.split(".")[0] for name in before if not torch.equal(before[name], shown[name])}
        assert differ == {"generator"}


class TestTraining:
    @every_remedy
    def test_going_on_equals_never_having_stopped(self, changes: dict[str, Any], dataset: MakeDataset) -> None:
        data = dataset(np.random.default_rng(0).normal(size=(200, 2)))
        whole = learned(data, 6, **changes).state()
        half = model(**changes)
        training = learning(half, data, 6)
        for event in training:
            if isinstance(event, Progress) and event.step == 3:
                break
        training.close()  # type: ignore[attr-defined]
        other = model(**changes)
        other.load_state(half.state())
        other.load_checkpoint(half.checkpoint())
        list(learning(other, data, 6))
        for name, array in other.state().items():
            np.testing.assert_array_equal(array, whole[name], name)

    @every_game
    def test_the_place_and_the_width_of_a_cloud_are_learned(self, loss: str, cloud: Dataset) -> None:
        rules = PRESETS["Wasserstein with gradient penalty"] if loss == "wasserstein" else {"loss": loss}
        gan = learned(
            cloud, 200, **{**rules, "learning_rate": 5e-3, "discriminator_rate": 5e-3, "average": 0.9},
        )
        x, _ = gan.sample(2000, 0)
        assert np.abs((x.mean(axis=0) - [3.0, -1.0]) / [2.0, 0.5]).max() < 0.5
        assert 0.4 < (x.std(axis=0) / [2.0, 0.5]).min() < (x.std(axis=0) / [2.0, 0.5]).max() < 1.6

    def test_what_runs_away_is_stopped_at_the_last_good_state(self, cloud: Dataset) -> None:
        gan = model(learning_rate=1e9, discriminator_rate=1e9, loss="wasserstein", r1=0.0, r2=0.0)
        with pytest.raises(TrainingError, match="no finite number"):
            for _ in learning(gan, cloud, 200):
                pass
        assert np.isfinite(gan.sample(10, 0)[0]).all()
        assert np.isfinite(gan.verdict(cloud.train)).all()

    @pytest.mark.parametrize("rate", [0.0, 1e9])
    def test_foolish_rates_leave_something_to_look_at(self, rate: float, cloud: Dataset) -> None:
        gan = model(learning_rate=rate)
        with contextlib.suppress(TrainingError):
            list(learning(gan, cloud, 5))
        assert np.isfinite(gan.sample(5, 0)[0]).all()


class TestAnswers:
    @every_game
    def test_verdicts_are_shares(self, loss: str, cloud: Dataset) -> None:
        gan = learned(cloud, loss=loss)
        found = gan.verdict(np.vstack([cloud.train, 1e6 + cloud.train]))
        assert found.shape == (2 * len(cloud.train),)
        assert ((found >= 0) & (found <= 1)).all()

    @every_remedy
    def test_the_verdict_on_an_item_does_not_hang_on_those_beside_it(
        self, changes: dict[str, Any], cloud: Dataset
    ) -> None:
        gan = learned(cloud, **changes)
        together = gan.verdict(cloud.train)
        np.testing.assert_allclose(gan.verdict(cloud.train[5:7]), together[5:7], atol=1e-5)
        np.testing.assert_array_equal(gan.verdict(cloud.train), together)
        assert np.ptp(together) > 0

    @every_game
    def test_items_are_pulled_down_the_loss_of_the_generator(self, loss: str, cloud: Dataset) -> None:
        gan = learned(cloud, loss=loss)
        z = np.random.default_rng(0).normal(size=(3, 2))
        items, way = gan.pull(z)
        critic = critic_of(gan.nets)

        def loss_at(x: np.ndarray) -> np.ndarray:
            with gan.answering():
                said = critic(gan._tensor(x), torch.zeros(len(x), 0))
                return np.array([float(GAMES[loss].generator(critic.levels[:1], one[None])) for one in said])

        for column, width in enumerate((2e-3, 5e-4)):
            step = width * np.eye(2)[column]
            slope = (loss_at(items + step) - loss_at(items - step)) / (2 * width)
            np.testing.assert_allclose(way[:, column], -slope, rtol=0.05, atol=1e-3)

    def test_what_columns_contribute_sums_to_the_score(self, cloud: Dataset) -> None:
        gan = learned(cloud, 60, learning_rate=3e-3, discriminator_rate=3e-3)
        x = cloud.train[:20]
        found = gan.contributions(x)
        assert found.shape == x.shape
        np.testing.assert_allclose(found.sum(axis=1), gan.anomaly_score(x), rtol=1e-6)
        # A column at its mean adds no more than its share of what the mean scores.
        middle = np.column_stack([x[:, 0], np.full(20, gan.scaling.shift[1])])
        shares = gan.contributions(middle)[:, 1]
        at_mean = gan.anomaly_score(gan.scaling.shift[None])[0] / 2
        np.testing.assert_allclose(shares, at_mean, atol=0.15 * np.ptp(gan.anomaly_score(x)))

    def test_columns_that_are_not_looked_at_get_no_attention(self, cloud: Dataset) -> None:
        gan = learned(cloud)
        first = next(layer for layer in critic_of(gan.nets).modules() if isinstance(layer, nn.Linear))
        with torch.no_grad():
            first.weight[:, 1] = 0
        found = gan.attention(cloud.train)
        assert found.shape == cloud.train.shape
        assert (found[:, 0] > 0).any()
        assert (found[:, 1] == 0).all()

    def test_packs_are_told_apart_only_while_learning(self) -> None:
        critic = Critic(nn.Module(), (2,), 1, 3)
        critic.net.forward = lambda x, given: x.sum(1) + 10 * given.sum(1)
        critic.keep_company(torch.tensor([[1.0, 0.0], [2.0, 0.0]]), torch.ones(2, 1))
        x, given = torch.arange(14.0).view(7, 2), torch.zeros(7, 1)
        torch.testing.assert_close(critic(x, given), torch.tensor([15.0, 51.0]))
        with only_answering({"discriminator": critic}):
            torch.testing.assert_close(critic(x, given), x.sum(1) + 3 + 20 / 3)
            torch.testing.assert_close(critic(x[3:5], given[3:5]), x[3:5].sum(1) + 3 + 20 / 3)
        assert critic.training

    def test_spectral_norm_holds_every_layer(self, cloud: Dataset) -> None:
        gan = learned(cloud, 100, spectral_norm=True, learning_rate=3e-3, discriminator_rate=3e-3)
        with gan.answering():
            layers = [layer for layer in gan.nets["discriminator"].modules() if isinstance(layer, nn.Linear)]
            assert len(layers) == 3
            for layer in layers:
                assert float(torch.linalg.matrix_norm(layer.weight, 2)) == pytest.approx(1.0, abs=0.05)

    def test_classes_are_learned_apart(self) -> None:
        rng = np.random.default_rng(0)
        codes = rng.integers(2, size=400)
        x = rng.normal(size=(400, 2)) * 0.3 + np.where(codes, 2.0, -2.0)[:, None]
        table = points_table("two clouds", x, codes, levels=("left", "right"))
        data = prepare(table, PreparationSettings(valid=0, test=0), seed=0)
        assert data.labels is not None
        gan = learned(
            data, 200, conditional=True, learning_rate=5e-3, discriminator_rate=5e-3, average=0.9,
        )
        assert gan.n_conditions() == 2
        left, right = (gan.sample(500, 0, condition=code)[0] for code in (0, 1))
        assert (left < 0).mean() > 0.9
        assert (right > 0).mean() > 0.9
        found = gan.verdict(data.train, data.labels.train) - gan.verdict(data.train, 1 - data.labels.train)
        assert found.mean() > 0
        with pytest.raises(TrainingError, match="class"):
            gan.sample(1, 0, condition=2)


def test_live_settings_are_those_that_the_game_reads() -> None:
    assert isinstance(model().live_settings(), LiveSettings)
    assert {"players", "learning_rate", "discriminator_rate", "instance_noise"} <= set(model().live_settings().values)
