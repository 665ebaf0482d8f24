"""Metrics of anomaly scores against labels."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from genstudio.applications.detection import Ranking, rank
from genstudio.errors import DataError
from genstudio.evaluation.items import Items
from genstudio.evaluation.metric import Figure, Metric, MetricInfo
from genstudio.models.capabilities import Density, Scores
from genstudio.models.fitted import Fitted


class Detection(Metric):
    """A figure of the rows ranked by their score."""

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs scores, and labels of both kinds that say what is anomalous."""
        if not (fitted.can(Density) or fitted.can(Scores)):
            return f"{fitted.model.info.title} cannot score anomalies."
        if data.labels is None:
            return "No label says which rows are anomalous."
        if data.anomalous is None:
            return "The labels are classes, and none of them is marked as anomalous."
        known = data.labels[data.labels >= 0]
        if len(np.unique(known == data.anomalous)) < 2:
            return f"The {len(known)} labelled rows are not of both kinds, anomalous and normal."
        return None

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The figure over the labelled rows."""
        if data.labels is None or data.anomalous is None:
            raise DataError("No label says which rows are anomalous.", "Choose a label column that does.")
        ranking = rank(fitted.anomaly_score(data.x), data.labels, data.anomalous)
        value, stderr = self.figure(ranking, seed)
        note = f"{ranking.left_out:,} rows without a label or a score are left out." if ranking.left_out else ""
        return Figure(value, stderr, ranking.n, ideal=1.0, note=note)

    @abstractmethod
    def figure(self, ranking: Ranking, seed: int) -> tuple[float, float | None]:
        """The value, and its standard error where one is known."""


class AUROC(Detection):
    """Area under the ROC curve."""

    info = MetricInfo(
        "auroc", "AUROC", "", "higher",
        "How often an anomalous row scores higher than a normal one; 0.5 is chance.", 60,
    )

    def figure(self, ranking: Ranking, seed: int) -> tuple[float, float | None]:
        """With DeLong's standard error."""
        return ranking.auroc, ranking.auroc_stderr()


class AveragePrecision(Detection):
    """Area under the precision-recall curve."""

    info = MetricInfo(
        "average_precision", "Average precision", "", "higher",
        "The share of real anomalies among the flagged, averaged over all thresholds that catch one more.", 70,
    )

    def figure(self, ranking: Ranking, seed: int) -> tuple[float, float | None]:
        """With a bootstrap's standard error."""
        return ranking.average_precision, ranking.average_precision_stderr(seed)


class BestF1(Detection):
    """F1 at the threshold that serves it best."""

    info = MetricInfo(
        "f1", "Best F1", "", "higher",
        "Harmonic mean of precision and recall at the best threshold, chosen on these very rows.", 80,
    )

    def figure(self, ranking: Ranking, seed: int) -> tuple[float, float | None]:
        """Without a standard error: a maximum over thresholds has no simple one."""
        return ranking.best_f1()[0], None
