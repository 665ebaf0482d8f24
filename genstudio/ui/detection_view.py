"""How well a threshold agrees with labels that mark anomalies: counts and figures, curves, or a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from genstudio.applications.anomaly import Threshold
from genstudio.applications.screening import Detection
from genstudio.ui.confusion_matrix import ConfusionMatrix
from genstudio.ui.operating_curve import OperatingCurve
from genstudio.ui.theme import Theme

_WIDEST_PX = 420
FIGURES = {
    "precision": ("Precision", "The share of the flagged rows that is anomalous"),
    "recall": ("Recall", "The share of the anomalous rows that is flagged"),
    "f1": ("F1", "Harmonic mean of precision and recall"),
    "auroc": ("AUROC", "How often an anomalous row scores higher than a normal one, ± its standard error"),
    "average_precision": ("Average precision", "Precision, averaged over the anomalous rows"),
}
FIGURE_LINES = (("precision", "recall", "f1"), ("auroc", "average_precision"))


class DetectionView(QWidget):
    """Something that needs labels that mark anomalies; without them a sentence stands in its place.

    Arguments:
        name: object name of the sentence.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.detection: Detection | None = None
        self.sentence = _sentence(name)
        self._content = QWidget()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._content)
        self._stack.addWidget(self.sentence)

    def show_detection(self, detection: Detection | None, reason: str) -> None:
        """Show other labels' judgement, or the sentence saying why there is none."""
        self.detection = detection
        self.sentence.setText(reason)
        self._stack.setCurrentIndex(0 if detection else 1)


class DetectionFigures(DetectionView):
    """Confusion matrix and figures at a threshold, and the way to the best one.

    Signals:
        value_chosen: the best threshold was asked for.
    """

    value_chosen = Signal(float)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__(f"{prefix}.labels_sentence")
        self.matrix = ConfusionMatrix(theme, f"{prefix}.confusion")
        self.figures = {key: _figure(f"{prefix}.{key}", help) for key, (_, help) in FIGURES.items()}
        self.best = _best_button(f"{prefix}.best_f1")
        self.best.clicked.connect(self._on_best)
        self._lay_out()
        self.show_detection(None, "")

    def show_detection(self, detection: Detection | None, reason: str) -> None:
        """Show the figures of other labels, or the sentence saying why there are none."""
        super().show_detection(detection, reason)
        if detection is None:
            return
        self.figures["auroc"].setText(f"{detection.auroc:.3f} ± {detection.auroc_stderr:.3f}")
        self.figures["average_precision"].setText(f"{detection.average_precision:.3f}")
        self.best.setText(f"Use the best F1: {detection.best_f1:.3f}")
        self.best.setToolTip(f"Flag all rows that score above {detection.best_value:.6g}")

    def set_threshold(self, threshold: Threshold) -> None:
        """Show what a threshold gets right."""
        if self.detection is None:
            return
        found = self.detection.ranking.confusion(threshold.value)
        self.matrix.set_confusion(found)
        for key in ("precision", "recall", "f1"):
            self.figures[key].setText(f"{getattr(found, key):.3f}")

    def _lay_out(self) -> None:
        column = QWidget()
        column.setMaximumWidth(_WIDEST_PX)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(10, 8, 10, 6)
        layout.setSpacing(6)
        layout.addWidget(self.matrix)
        for line in FIGURE_LINES:
            layout.addLayout(self._figure_line(line))
        layout.addWidget(self.best)
        layout.addStretch(1)
        around = QHBoxLayout(self._content)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(column)

    def _figure_line(self, keys: tuple[str, ...]) -> QHBoxLayout:
        line = QHBoxLayout()
        for key in keys:
            title, help = FIGURES[key]
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(_title(title, help))
            cell.addWidget(self.figures[key])
            line.addLayout(cell, 1)
        return line

    def _on_best(self) -> None:
        if self.detection is not None:
            self.value_chosen.emit(self.detection.best_value)


class DetectionCurves(DetectionView):
    """ROC and precision–recall curves with the threshold ringed on them."""

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__(f"{prefix}.curves_sentence")
        self.roc = OperatingCurve(theme, f"{prefix}.roc", "false positive rate", "recall", "ROC")
        self.precision_recall = OperatingCurve(
            theme, f"{prefix}.precision_recall", "recall", "precision", "Precision–recall"
        )
        self._both = QSplitter()
        self._both.setChildrenCollapsible(False)
        self._both.addWidget(self.roc)
        self._both.addWidget(self.precision_recall)
        layout = QVBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._both)
        self.show_detection(None, "")

    def show_detection(self, detection: Detection | None, reason: str) -> None:
        """Show the curves of other labels, or the sentence saying why there are none."""
        super().show_detection(detection, reason)
        if detection is None:
            return
        share = detection.ranking.n_anomalous / detection.ranking.n
        self.roc.set_curve(*detection.roc, chance=(0.0, 1.0))
        self.precision_recall.set_curve(*detection.precision_recall, chance=(share, share))

    def set_threshold(self, threshold: Threshold) -> None:
        """Ring the rates at a threshold."""
        if self.detection is None:
            return
        found, ranking = self.detection.ranking.confusion(threshold.value), self.detection.ranking
        self.roc.set_point(found.fp / ranking.n_normal, found.recall)
        # Without any flagged row the curve begins at precision 1.
        self.precision_recall.set_point(found.recall, found.precision if found.tp + found.fp else 1.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is width, else one above the other."""
        super().resizeEvent(event)
        wide = self.width() > 1.1 * self.height()
        self._both.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)


def _figure(name: str, help: str) -> QLabel:
    label = QLabel("–")
    label.setObjectName(name)
    label.setAccessibleName(help)
    label.setToolTip(help)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _title(text: str, help: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setToolTip(help)
    return label


def _best_button(name: str) -> QPushButton:
    button = QPushButton("Use the best F1")
    button.setObjectName(name)
    button.setAccessibleName("Use the threshold with the best F1")
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return button


def _sentence(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", "muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    label.setMargin(24)
    return label
