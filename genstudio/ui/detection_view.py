"""How well a threshold agrees with labels that mark anomalies: counts, curves and figures, or a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
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

_SIDE_PX = 250
FIGURES = {
    "precision": ("Precision", "The share of the flagged rows that is anomalous"),
    "recall": ("Recall", "The share of the anomalous rows that is flagged"),
    "f1": ("F1", "Harmonic mean of precision and recall"),
    "auroc": ("AUROC", "How often an anomalous row scores higher than a normal one, ± its standard error"),
    "average_precision": ("Average precision", "Precision, averaged over the anomalous rows"),
}
FIGURE_LINES = (("precision", "recall", "f1"), ("auroc", "average_precision"))


class DetectionView(QWidget):
    """Confusion matrix, ROC and precision–recall curves with the threshold marked on them.

    Signals:
        value_chosen: the best threshold was asked for, nats.
    """

    value_chosen = Signal(float)

    def __init__(self, theme: Theme, prefix: str) -> None:
        super().__init__()
        self._detection: Detection | None = None
        self.matrix = ConfusionMatrix(theme, f"{prefix}.confusion")
        self.figures = {key: _figure(f"{prefix}.{key}", help) for key, (_, help) in FIGURES.items()}
        self.best = _best_button(f"{prefix}.best_f1")
        self.roc = OperatingCurve(theme, f"{prefix}.roc", "false positive rate", "true positive rate", "ROC")
        self.precision_recall = OperatingCurve(
            theme, f"{prefix}.precision_recall", "recall", "precision", "Precision–recall"
        )
        self.sentence = _sentence(f"{prefix}.detection_sentence")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._content())
        self._stack.addWidget(self.sentence)
        self.best.clicked.connect(self._on_best)
        self.show_detection(None, "")

    def show_detection(self, detection: Detection | None, reason: str) -> None:
        """Show other curves and figures, or the sentence saying why there are none."""
        self._detection = detection
        self.sentence.setText(reason)
        self._stack.setCurrentIndex(0 if detection else 1)
        if detection is None:
            return
        share = detection.ranking.n_anomalous / detection.ranking.n
        self.roc.set_curve(*detection.roc, chance=(0.0, 1.0))
        self.precision_recall.set_curve(*detection.precision_recall, chance=(share, share))
        self.figures["auroc"].setText(f"{detection.auroc:.3f} ± {detection.auroc_stderr:.3f}")
        self.figures["average_precision"].setText(f"{detection.average_precision:.3f}")
        self.best.setText(f"Use the best F1: {detection.best_f1:.3f}")
        self.best.setToolTip(f"Flag all rows that score above {detection.best_value:.6g} nats")

    def set_threshold(self, threshold: Threshold) -> None:
        """Show what a threshold gets right."""
        if self._detection is None:
            return
        found, ranking = self._detection.ranking.confusion(threshold.value), self._detection.ranking
        self.matrix.set_confusion(found)
        for key in ("precision", "recall", "f1"):
            self.figures[key].setText(f"{getattr(found, key):.3f}")
        self.roc.set_point(found.fp / ranking.n_normal, found.recall)
        # Without any flagged row the curve begins at precision 1.
        self.precision_recall.set_point(found.recall, found.precision if found.tp + found.fp else 1.0)

    def _content(self) -> QWidget:
        content = QSplitter(Qt.Orientation.Horizontal)
        content.setChildrenCollapsible(False)
        content.addWidget(self._side())
        for plot in (self.roc, self.precision_recall):
            content.addWidget(plot)
            content.setStretchFactor(content.count() - 1, 1)
        content.setSizes([_SIDE_PX, 300, 300])
        return content

    def _side(self) -> QWidget:
        side = QWidget()
        layout = QVBoxLayout(side)
        layout.setContentsMargins(10, 8, 10, 6)
        layout.setSpacing(6)
        layout.addWidget(self.matrix)
        for line in FIGURE_LINES:
            layout.addLayout(self._figure_line(line))
        layout.addWidget(self.best)
        layout.addStretch(1)
        side.setMinimumWidth(_SIDE_PX)
        side.setMaximumWidth(_SIDE_PX + 60)
        return side

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
        if self._detection is not None:
            self.value_chosen.emit(self._detection.best_value)


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
