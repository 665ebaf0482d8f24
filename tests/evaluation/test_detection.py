from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics

from genstudio.data.table import Table, points_table
from genstudio.errors import DataError
from genstudio.evaluation import items
from genstudio.evaluation.detection import AUROC
from genstudio.evaluation.metric import evaluate, unsuitable
from genstudio.models.fitted import Fitted
from tests.evaluation.gaussian import Gaussian, at_hand, prepared, trained

KEYS = ["auroc", "average_precision", "f1"]


def mixed(n_normal: int, n_anomalous: int, levels: tuple[str, ...] = ("normal", "anomaly")) -> Table:
    """A bell with points strewn over a square that holds it."""
    random = np.random.default_rng(42)
    x = np.concatenate([random.normal(size=(n_normal, 2)), random.uniform(-4, 4, (n_anomalous, 2))])
    labels = np.repeat([0, 1], [n_normal, n_anomalous])
    return points_table("mixed", x, labels, levels=levels, label_name="kind")


@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
def test_figures_are_scikit_learns_of_the_negative_log_likelihood(scaling: str) -> None:
    data = prepared(mixed(1000, 100), scaling=scaling)
    fitted, judged = trained(data), items.from_dataset(data)
    assert judged.labels is not None
    figures = evaluate(fitted, judged, KEYS)
    anomalous, scores = judged.labels == 1, -fitted.log_prob(judged.x)
    assert figures["auroc"].value == pytest.approx(metrics.roc_auc_score(anomalous, scores))
    assert figures["average_precision"].value == pytest.approx(metrics.average_precision_score(anomalous, scores))
    precision, recall, _ = metrics.precision_recall_curve(anomalous, scores)
    assert figures["f1"].value == pytest.approx(np.nanmax(2 * precision * recall / (precision + recall)))
    assert {figure.n for figure in figures.values()} == {220}


def test_areas_have_standard_errors_and_the_best_f1_has_none() -> None:
    data = prepared(mixed(300, 60))
    figures = evaluate(trained(data), items.from_dataset(data), KEYS)
    assert 0 < (figures["auroc"].stderr or 0) < 0.2
    assert 0 < (figures["average_precision"].stderr or 0) < 0.3
    assert figures["f1"].stderr is None


def test_a_single_anomaly_is_enough() -> None:
    data = prepared(mixed(50, 1), valid=0, test=0)
    figures = evaluate(trained(data), items.from_dataset(data), KEYS)
    assert all(math.isfinite(figure.value) for figure in figures.values())
    assert figures["average_precision"].stderr is None


def test_points_beyond_a_logits_interval_are_the_strangest() -> None:
    data = prepared(mixed(200, 0, ("0", "1")), scaling="logit", label="kind")
    table = points_table("far", np.array([[0.0, 0.0], [99.0, 0.0], [0.3, 0.2]]), np.array([0, 1, 0]),
                         levels=("0", "1"), label_name="kind")
    from_elsewhere = items.from_raw(table, data.preparation, items.PreparationSettings(label="kind"))
    fitted = trained(data)
    np.testing.assert_array_equal(np.isinf(fitted.anomaly_score(from_elsewhere.x)), [False, True, False])
    assert evaluate(fitted, from_elsewhere, ["auroc"])["auroc"].value == 1.0
    contributions = fitted.contributions(from_elsewhere.x)
    np.testing.assert_array_equal(contributions == np.inf, [[False, False], [True, False], [False, False]])
    assert not np.isnan(contributions).any()


def test_rows_without_a_label_are_counted_out() -> None:
    table = mixed(90, 30)
    table.columns[-1].values[:5] = np.nan
    data = prepared(table, valid=0, test=0)
    found = evaluate(trained(data), items.from_dataset(data), ["auroc"])["auroc"]
    assert (found.n, found.note) == (115, "5 rows without a label or a score are left out.")


@pytest.mark.parametrize(
    ("table", "settings", "sentence"),
    [
        (mixed(60, 30), {"label": ""}, "No label says which rows are anomalous."),
        (mixed(60, 30, ("adelie", "gentoo")), {}, "The labels are classes, and none of them is marked as anomalous."),
        (mixed(60, 0), {}, "The 12 labelled rows are not of both kinds, anomalous and normal."),
    ],
)
def test_labels_that_cannot_serve_are_a_sentence(table: Table, settings: dict[str, str], sentence: str) -> None:
    data = prepared(table, **settings)
    fitted, judged = trained(data), items.from_dataset(data)
    reasons = unsuitable(fitted, judged)
    assert {reasons[key] for key in KEYS} == {sentence}
    assert not set(evaluate(fitted, judged)) & set(KEYS)
    with pytest.raises(DataError):
        AUROC().measure(fitted, judged, seed=0)


def test_the_word_that_marks_anomalies_can_be_chosen() -> None:
    data = prepared(mixed(60, 30, ("adelie", "gentoo")), anomalous="gentoo")
    fitted = at_hand(Gaussian(np.zeros(2), np.eye(2)), data)
    assert evaluate(fitted, items.from_dataset(data), ["auroc"])["auroc"].value > 0.7


def test_a_model_without_scores_is_refused_in_a_sentence(no_density: Fitted) -> None:
    assert unsuitable(no_density, items.from_dataset(prepared(mixed(60, 30))))["auroc"] == (
        "Sampler cannot score anomalies."
    )
