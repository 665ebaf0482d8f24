from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.runs.run import Run
from genstudio.training.events import Changed, Note, Progress
from genstudio.ui import metrics
from genstudio.ui.run_words import badge_of, figures, rank, summary


def digits() -> Dataset:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1)).astype(np.uint8)
    return prepare(Pictures("noise", pixels), PreparationSettings(), 0)


def told(run: Run, *figures: dict[str, float]) -> Run:
    for step, found in enumerate(figures, 1):
        run.take(Progress(step, None, found))
    return run


def test_a_likelihood_is_the_newest_and_a_bound_the_best(make_run: Callable[..., Run]) -> None:
    exact = told(make_run("gmm", {}), {"train": -2.0, "valid": -1.0}, {"train": -1.9, "valid": -1.25})
    assert figures(exact)[0] == "-1.250"
    bound = told(make_run("vae", {}), {"train": -2.0, "valid": -1.0}, {"train": -1.9, "valid": -1.25})
    assert figures(bound)[0] == "≥ -1.000"
    assert rank(bound) > rank(exact) > rank(make_run("gmm", {}))


@pytest.mark.parametrize(
    ("value", "shown"), [(-1.0, "≥ -1.000"), (-152.349, "≥ -152.3"), (-12_345.6, "≥ -12346"), (99.9994, "≥ 99.999")]
)
def test_figures_fit_their_column(make_run: Callable[..., Run], value: float, shown: str) -> None:
    assert figures(told(make_run("vae", {}), {"train": value}))[0] == shown


def test_the_tooltip_calls_a_bound_a_bound_and_a_parameter_none(make_run: Callable[..., Run]) -> None:
    run = told(make_run("vae", {}), {"train": -2.0, "rate": 0.001, "kl": 3.0})
    assert "train -2 nats per row, a lower bound" in summary(run)
    assert "rate" not in summary(run)
    assert "bound" not in summary(told(make_run("gmm", {}), {"train": -2.0}))


def test_the_gravest_badge_stands_in_the_list(make_run: Callable[..., Run]) -> None:
    run = make_run("vae", {})
    assert badge_of(run) == ("", False)
    run.take(Note("info", "Gradients are clipped.", "", "clipped"))
    assert badge_of(run) == ("", False)
    run.take(Note("warning", "Not there yet.", "", "not converged"))
    assert badge_of(run) == ("not converged", False)
    run.take(Note("alarm", "The latent space carries nothing.", "Lower β.", "collapsed"))
    run.take(Note("warning", "Not there yet.", "", "not converged"))
    assert badge_of(run) == ("collapsed", True)


def test_figures_are_drawn_with_what_they_belong_to(make_run: Callable[..., Run]) -> None:
    run = told(make_run("vae", {}), {"train": -2.0, "kl": 3.0, "rate": 1e-3, "odd_thing": 1.0})
    assert metrics.groups(run) == ("Loss", "Reconstruction and KL", "Learning rate", "Odd thing")
    assert metrics.unit_of(run, "Loss") == "nats per row"
    assert metrics.unit_of(run, "Learning rate") == ""
    assert metrics.loss_title(run) == "negative bound (ELBO)"
    assert metrics.loss_title(make_run("gmm", {})) == "negative log-likelihood"


def test_changes_say_from_what_to_what(make_run: Callable[..., Run]) -> None:
    run = make_run("vae", {}, beta=1.0)
    for change in (Changed(400, "beta", 4.0), Changed(410, "horizon", 99), Changed(500, "beta", 2.5)):
        run.take(change)
    assert metrics.changes_of(run) == [(400, "step 400: β (KL weight) 1 → 4"), (500, "step 500: β (KL weight) 4 → 2.5")]


def test_what_knows_only_a_bound_of_pictures_is_not_said_to_know_more(make_run: Callable[..., Run]) -> None:
    rows, pictures = make_run("flow", {}), make_run("flow", {}, digits())
    assert (metrics.loss_title(rows), metrics.loss_title(pictures)) == ("negative log-likelihood", "negative bound")
    assert figures(told(pictures, {"train": -900.0}))[0].startswith("≥")
    assert not figures(told(rows, {"train": -1.0}))[0].startswith("≥")


@pytest.mark.parametrize(("lowest", "shown"), [(0.00312, "FD 0.0031"), (4.04, "FD 4"), (12.345, "FD 12.3"),
                                               (1234.5, "FD 1234")])
def test_a_game_is_known_by_its_lowest_distance(make_run: Callable[..., Run], lowest: float, shown: str) -> None:
    run = told(make_run("gan", {}), {"loss": 0.7, "distance": 2 * lowest}, {"distance": lowest}, {"distance": 9e9})
    assert figures(run) == (shown, "–")
    assert f"lowest Fréchet distance {lowest:.4g}, at step 2" in summary(run)


def test_samples_nearer_to_the_data_stand_above_others(make_run: Callable[..., Run]) -> None:
    near, far = (told(make_run("gan", {}), {"distance": distance}) for distance in (1.0, 2.0))
    exact = told(make_run("gmm", {}), {"train": -2.0})
    assert rank(exact) > rank(near) > rank(far) > rank(make_run("gan", {}))


def test_a_loss_in_a_game_is_that_of_a_player(make_run: Callable[..., Run]) -> None:
    game, field = make_run("gan", {}), make_run("diffusion", {})
    titles = [metrics.title_of(game, name) for name in ("loss", "discriminator_loss")]
    assert titles == ["generator", "discriminator"]
    assert metrics.title_of(field, "loss") == "training"
    assert metrics.metric("loss").group == metrics.metric("discriminator_loss").group
    assert metrics.colour_of("loss") != metrics.colour_of("discriminator_loss")


def test_shares_are_drawn_in_percent_and_what_climbs_as_a_loss() -> None:
    half = np.array([0.5])
    assert metrics.drawn("recall", half).tolist() == metrics.drawn("real_recognised", half).tolist() == [50.0]
    assert metrics.drawn("real_verdict", half).tolist() == metrics.drawn("loss", half).tolist() == [0.5]
    assert metrics.drawn("train", half).tolist() == [-0.5]


def test_the_figures_of_a_game_stand_on_plots_of_their_own(make_run: Callable[..., Run]) -> None:
    run = told(make_run("gan", {}), {
        "loss": 0.7, "discriminator_loss": 1.3, "real_verdict": 0.5, "fake_verdict": 0.5, "real_recognised": 0.5,
        "fake_recognised": 0.5, "distance": 1.0, "recall": 0.5, "precision": 0.5,
    })
    assert metrics.groups(run) == (
        "Loss", "Verdict of the discriminator", "Told by the discriminator", "Distance of samples", "Covered by samples"
    )
    assert metrics.unit_of(run, "Covered by samples") == "%"
