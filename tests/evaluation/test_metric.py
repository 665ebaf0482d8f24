from __future__ import annotations

import numpy as np
import pytest

from genstudio.data.table import points_table
from genstudio.errors import Cancelled, SettingsError
from genstudio.evaluation import items
from genstudio.evaluation.metric import Metric, evaluate, metric, metrics, unsuitable
from tests.evaluation.gaussian import Gaussian, at_hand, prepared, trained

TRUTH = Gaussian(np.zeros(2), np.eye(2))
TABLE = points_table("square", TRUTH.sample(300, 0)[0], np.arange(300) % 2, levels=("normal", "anomaly"), truth=TRUTH)
DATA = prepared(TABLE)
JUDGED = items.from_dataset(DATA)
ALL = ["log_likelihood", "bits_per_dim", "kl_to_truth", "bic", "aic", "auroc", "average_precision", "f1"]


def test_metrics_are_found_in_their_order() -> None:
    assert [key for key in metrics() if key in ALL] == ALL


@pytest.mark.parametrize("kind", metrics().values(), ids=metrics())
def test_every_metric_keeps_the_contract(kind: type[Metric]) -> None:
    info = kind.info
    assert info.key.isidentifier()
    assert info.better in ("higher", "lower", "none")
    assert info.title
    assert info.summary.endswith(".")
    fitted = trained(DATA)
    if kind().unsuitable(fitted, JUDGED) is None:
        one, same = (kind().measure(fitted, JUDGED, seed=7) for _ in range(2))
        assert one == same
        assert np.isfinite(one.value)
        assert one.stderr is None or one.stderr >= 0
        assert one.n > 0


def test_all_that_suit_are_measured_in_order() -> None:
    assert [key for key in evaluate(trained(DATA), JUDGED) if key in ALL] == ALL
    assert not set(unsuitable(trained(DATA), JUDGED)) & set(ALL)


def test_only_what_is_asked_for_is_measured_in_the_metrics_own_order() -> None:
    assert list(evaluate(trained(DATA), JUDGED, ["auroc", "log_likelihood"])) == ["log_likelihood", "auroc"]
    assert evaluate(trained(DATA), JUDGED, []) == {}


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no metric called `bit_per_dim`.*did you mean `bits_per_dim`"):
        evaluate(trained(DATA), JUDGED, ["bit_per_dim"])
    with pytest.raises(SettingsError, match="no metric"):
        metric("nothing")


def test_the_same_rows_are_scored_once() -> None:
    seen: list[int] = []

    class Counting(Gaussian):
        def log_prob(self, x: np.ndarray) -> np.ndarray:
            seen.append(len(x))
            return super().log_prob(x)

    keys = [key for key in ALL if key != "kl_to_truth"]
    evaluate(at_hand(Counting(TRUTH.mean, TRUTH.covariance), DATA), JUDGED, keys)
    assert sorted(seen) == sorted([len(JUDGED.x), len(DATA.train)])


def test_a_watcher_is_told_and_can_cancel() -> None:
    told: list[tuple[float, str]] = []

    def watch(fraction: float, doing: str) -> None:
        told.append((fraction, doing))
        if len(told) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate(trained(DATA), JUDGED, ["log_likelihood", "aic"], watch=watch)
    assert told == [(0.0, "Measuring Log-likelihood"), (0.5, "Measuring AIC")]
