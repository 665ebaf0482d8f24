"""The Components panel: numbers typed into real cells, undo, training from them, and how many there should be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from genstudio.runs.job import Status
from genstudio.ui.panels.components import ComponentsPanel
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme
from tests.patience import PATIENCE_S
from tests.ui.panels.mixture_hand import Hand, blobs

ROLE = Qt.ItemDataRole
NUMBERS = {  # typed as text: two components of two columns
    ("weight", 0): "0,25", ("mean", 0): "-1", ("mean", 1): "2.5", ("deviation", 0): "1e-1", ("deviation", 1): "2",
    ("correlation", 0): "-0,5",
}
HTML = ("<b>x</b>", "<i>y</i>")


@pytest.fixture
def panel(show_alone: Callable[..., ComponentsPanel], theme: Theme, model: SessionModel) -> ComponentsPanel:
    return show_alone(ComponentsPanel(model, theme), 1000, 640)


@pytest.fixture
def hand(panel: ComponentsPanel, model: SessionModel, qtbot: QtBot) -> Hand:
    found = Hand(panel, model, qtbot)
    found.load(blobs())
    return found


def type_number(hand: Hand, k: int, kind: str, text: str, place: int = 0) -> None:
    """Type into the place-th column of a kind, and wait until the model has taken it up."""
    table = hand.panel.components
    column = [i for i, field in enumerate(table.components.fields) if field.kind == kind][place]
    hand.type_cell(table.table, table.components.index(k, column), text)


def shown(hand: Hand, k: int, kind: str, place: int = 0, role: int = ROLE.DisplayRole) -> object:
    components = hand.panel.components.components
    column = [i for i, field in enumerate(components.fields) if field.kind == kind][place]
    return components.data(components.index(k, column), role)


def start_by_hand(hand: Hand, n_components: int = 2) -> None:
    hand.model.edit_settings(n_components=n_components)
    hand.click("components.by_hand")
    hand.until(lambda: hand.model.current is not None and hand.model.current.status.ended)
    hand.until(lambda: hand.find("components.add").isEnabled())


def log_likelihood(hand: Hand) -> dict[str, float]:
    run = hand.model.current
    return {name: run.history.last(name) for name in ("train", "valid")}


def test_without_a_run_it_says_what_to_do(hand: Hand) -> None:
    assert hand.find("components.empty").isVisible()
    assert "start by hand" in hand.find("components.empty").text()
    assert not hand.find("components.table").isVisible()
    assert not hand.find("components.train_from").isEnabled()


def test_typed_numbers_give_the_closed_form_likelihood(hand: Hand) -> None:
    start_by_hand(hand)
    run = hand.model.current
    assert run.by_hand
    assert run.recipe.model.settings["max_iter"] == 0
    for (kind, place), text in NUMBERS.items():
        type_number(hand, 0, kind, text, place)
    hand.until(lambda: run.history.step == len(NUMBERS))
    weights, means, covariances = hand.panel.components.components.parameters
    assert means[0] == pytest.approx([-1, 2.5], rel=1e-12)
    assert covariances[0] == pytest.approx(np.array([[0.01, -0.1], [-0.1, 4.0]]), rel=1e-12)
    assert weights == pytest.approx([0.25, 0.75], rel=1e-12)
    for name in ("train", "valid"):
        x = run.data.preparation.to_data(getattr(run.data, name))
        parts = [np.log(w) + multivariate_normal(m, c).logpdf(x)
                 for w, m, c in zip(weights, means, covariances, strict=True)]
        assert log_likelihood(hand)[name] == pytest.approx(logsumexp(parts, axis=0).mean(), rel=1e-12)
    assert f"{log_likelihood(hand)['train']:.4f}".replace("-", "−") in hand.find("components.likelihood").text()
    assert "nats per row" in hand.find("components.likelihood").text()


@pytest.mark.parametrize(("kind", "text", "sentence"), [
    ("weight", "1.5", "must be at least 0 and at most 1"),
    ("weight", "half", "must be a number"),
    ("mean", "", "must be a number"),
    ("mean", "nan", "must be a number"),
    ("deviation", "0", "must be above 0"),
    ("deviation", "1e-200", "not positive definite"),
    ("correlation", "1", "below 1"),
    ("mean", "1e400", "too large"),
])
def test_what_cannot_be_used_is_marked_in_its_place(hand: Hand, kind: str, text: str, sentence: str) -> None:
    start_by_hand(hand)
    before = [array.copy() for array in hand.panel.components.components.parameters]
    count = hand.model.undo.count()
    type_number(hand, 1, kind, text)
    problem = hand.find("components.problem")
    assert sentence in problem.text()
    assert problem.property("role") == "problem"
    assert shown(hand, 1, kind) == text
    assert sentence in shown(hand, 1, kind, role=ROLE.ToolTipRole)
    assert shown(hand, 1, kind, role=ROLE.BackgroundRole) is not None
    assert hand.model.undo.count() == count
    for array, former in zip(hand.panel.components.components.parameters, before, strict=True):
        np.testing.assert_array_equal(array, former)
    type_number(hand, 1, kind, "0.5")
    assert problem.property("role") == "muted"
    assert shown(hand, 1, kind) == "0.5"


def test_weights_that_were_typed_stay(hand: Hand) -> None:
    start_by_hand(hand, 3)
    for k, text in enumerate((".2", "0,3", "0.5")):
        type_number(hand, k, "weight", text)
    hand.until(lambda: hand.model.current.history.step == 2)  # the last one is what it should be already
    assert hand.panel.components.components.parameters[0] == pytest.approx([0.2, 0.3, 0.5], rel=1e-12)


def test_components_are_added_doubled_and_removed_and_all_of_it_is_taken_back(hand: Hand) -> None:
    run_names = []
    run = hand.train(n_components=3)
    hand.until(lambda: hand.find("components.add").isEnabled())
    learned = hand.panel.components.components.parameters
    rows = hand.panel.components.components.rowCount
    for name, expected in (("add", 4), ("duplicate", 5), ("remove", 4)):
        hand.click(f"components.{name}")
        hand.until(lambda expected=expected: rows() == expected and hand.find("components.add").isEnabled())
        run_names.append(hand.model.current.name)
    assert len(set(run_names)) == 1, "the trained run is left as it is, and one run by hand is made"
    assert hand.model.current.by_hand
    assert not run.by_hand
    assert hand.panel.components.components.parameters[0].sum() == pytest.approx(1)
    while hand.model.undo.canUndo() and hand.model.undo.undoText() == "Edit components":
        hand.model.undo.undo()
    hand.until(lambda: rows() == 3)
    for array, former in zip(hand.panel.components.components.parameters, learned, strict=True):
        np.testing.assert_allclose(array, former, rtol=1e-9)


def test_the_last_component_cannot_be_removed(hand: Hand) -> None:
    start_by_hand(hand, 1)
    assert not hand.find("components.remove").isEnabled()
    type_number(hand, 0, "weight", "0.5")
    assert "single component has the weight 1" in hand.find("components.problem").text()


def test_training_goes_on_from_what_was_typed(hand: Hand) -> None:
    start_by_hand(hand, 3)
    edited = hand.model.recipe
    for k, mean in enumerate((("0", "0"), ("6", "0"), ("0", "-6"))):
        for place, text in enumerate(mean):
            type_number(hand, k, "mean", text, place)
    hand.until(lambda: hand.model.current.history.step >= 5)
    begun_from = hand.panel.components.components.parameters[1]
    hand.click("components.train_from")
    run = hand.model.current
    hand.until(lambda: run.status.ended)
    settings = run.recipe.model.settings
    assert settings["max_iter"] == 100
    np.testing.assert_allclose(settings["means_init"], begun_from, rtol=1e-12)
    assert run.history.step > 0
    assert not run.by_hand
    assert hand.model.recipe == edited
    x = run.data.train
    expected = GaussianMixture(
        3, weights_init=settings["weights_init"], means_init=settings["means_init"],
        precisions_init=settings["precisions_init"],
    ).fit(x)
    assert run.history.last("train") == pytest.approx(expected.score(x), rel=1e-9)


def test_rows_are_counted_by_component(hand: Hand) -> None:
    run = hand.train(n_components=3)
    hand.until(lambda: hand.panel.components.components.rowCount() == 3 and shown(hand, 0, "rows") != "–")
    x = run.data.train
    expected = GaussianMixture(3, random_state=run.recipe.seed).fit(x)
    counts = np.bincount(expected.predict(x), minlength=3)
    hand.until(lambda: sorted(int(str(shown(hand, k, "rows"))) for k in range(3)) == sorted(counts.tolist()))


def test_criteria_are_those_of_scikit_learn_and_the_best_can_be_used(hand: Hand) -> None:
    hand.find("components.diag").setChecked(True)
    hand.retype("components.largest", "5")
    hand.click("components.compare")
    hand.until(lambda: hand.model.pump.task(hand.panel.sizes.task) is None)
    x = hand.model.data.train
    arrays = hand.panel.sizes.plot.arrays()
    assert set(arrays) == {"full", "diag"}
    for shape, points in arrays.items():
        for k, bic in points:
            expected = GaussianMixture(int(k), covariance_type=shape, random_state=hand.model.recipe.seed).fit(x)
            assert bic == pytest.approx(expected.bic(x), rel=1e-9)
    best_shape = min(arrays, key=lambda shape: arrays[shape][:, 1].min())
    best_k = int(arrays[best_shape][arrays[best_shape][:, 1].argmin(), 0])
    assert hand.find("components.use").text() == f"Use {best_k} · {best_shape}"
    assert "BIC" in hand.find("components.sizes_told").text()
    hand.click("components.use")
    settings = hand.model.recipe.model.settings
    assert (settings["n_components"], settings["covariance_type"]) == (best_k, best_shape)


def test_a_comparison_can_be_cancelled_and_keeps_what_it_found(hand: Hand) -> None:
    hand.load(blobs(4000))
    hand.retype("components.smallest", "2")
    hand.retype("components.largest", "400")
    hand.click("components.compare")
    hand.until(lambda: hand.find("components.use").isEnabled())
    hand.click("components.cancel")
    assert hand.find("components.sizes_told").text().startswith("Cancelled")
    assert hand.find("components.compare").isEnabled()
    assert 1 <= len(hand.panel.sizes.plot.arrays()["full"]) < 399
    hand.load(blobs(50))
    assert not hand.find("components.use").isEnabled()


@pytest.mark.parametrize(("smallest", "largest", "full", "sentence"), [
    ("7", "3", True, "there is no number to try"), ("1", "3", False, "at least one shape"),
])
def test_comparisons_that_make_no_sense_are_not_begun(
    hand: Hand, smallest: str, largest: str, full: bool, sentence: str
) -> None:
    hand.retype("components.smallest", smallest)
    hand.retype("components.largest", largest)
    hand.find("components.full").setChecked(full)
    hand.click("components.compare")
    assert sentence in hand.find("components.sizes_told").text()
    assert hand.model.pump.task(hand.panel.sizes.task) is None


def test_while_a_run_learns_numbers_are_read_only_and_comparing_says_it_is_slower(hand: Hand) -> None:
    hand.load(blobs(2000))
    hand.model.slow_down(0.05)
    hand.model.edit_settings(n_components=3, tol=0.0, max_iter=10_000)
    hand.model.train()
    hand.until(lambda: hand.panel.components.components.rowCount() == 3)
    components = hand.panel.components.components
    assert not components.flags(components.index(0, 1)) & Qt.ItemFlag.ItemIsEditable
    assert not hand.find("components.train_from").isEnabled()
    hand.retype("components.largest", "300")
    hand.click("components.compare")
    hand.until(lambda: "slower" in hand.find("components.sizes_told").text())
    assert hand.model.current.status is Status.TRAINING
    hand.click("components.cancel")
    hand.model.stop()
    hand.until(lambda: components.flags(components.index(0, 1)) & Qt.ItemFlag.ItemIsEditable)


def test_names_with_tags_stay_plain_and_many_columns_can_be_chosen(hand: Hand) -> None:
    hand.load(blobs(200, names=(*HTML, "u", "v"), columns=4))
    start_by_hand(hand)
    choice = hand.panel.choice
    assert choice.isVisible()
    choice.choose_pair(1, 3)
    components = hand.panel.components.components
    titles = [components.headerData(i, Qt.Orientation.Horizontal) for i in range(components.columnCount())]
    assert titles == ["Rows", "Weight", "mean <i>y</i>", "mean v", "sd <i>y</i>", "sd v", "corr"]
    assert str(components.headerData(2, Qt.Orientation.Horizontal, ROLE.ToolTipRole)).startswith("\u200b")
    type_number(hand, 1, "mean", "7", place=1)
    hand.until(lambda: hand.model.current.history.step == 1)
    assert components.parameters[1][1, 3] == pytest.approx(7)


def test_a_model_without_components_and_a_logit_scaling_get_a_sentence(hand: Hand) -> None:
    hand.model.choose_model("kde")
    hand.train()
    assert "cannot be edited component by component" in hand.find("components.reason").text()
    hand.load(blobs(), scaling="logit")
    hand.model.choose_model("gmm")
    hand.train(n_components=2)
    assert "logit" in hand.find("components.reason").text()


def test_another_model_is_not_asked_for_components(hand: Hand) -> None:
    mixture = hand.train(n_components=3)
    hand.until(lambda: hand.panel.components.components.rowCount() == 3)
    hand.model.choose_model("kde")
    kernels = hand.train()
    hand.until(lambda: "cannot be edited" in hand.find("components.reason").text())
    hand.model.show_run(mixture)
    hand.until(lambda: hand.find("components.add").isEnabled())
    hand.model.show_run(kernels)
    kernels.job.ask("likelihoods").result(PATIENCE_S)
    assert "could not be drawn" not in hand.said()


def test_nothing_is_clipped_or_nameless_when_narrow(hand: Hand) -> None:
    start_by_hand(hand)
    hand.panel.resize(640, 480)
    for name in ("by_hand", "train_from", "add", "duplicate", "remove", "compare", "use", "cancel", "smallest",
                 "largest", "criterion", "full", "tied", "diag", "spherical"):
        widget = hand.find(f"components.{name}")
        assert widget.width() >= widget.minimumSizeHint().width(), name
        assert widget.accessibleName()
        assert widget.toolTip()
