"""One classifier: its name, how often it is right, and its confusion matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QVBoxLayout, QWidget

from genstudio.applications.classification import Classified
from genstudio.ui.class_matrix import ClassMatrix
from genstudio.ui.class_words import PART_WORDS, other_words, share_words
from genstudio.ui.plain_table import plain_label
from genstudio.ui.theme import Theme

Ints = NDArray[np.int64]


class ClassifierView(QWidget):
    """What a classifier tells of a part of the sequences.

    Arguments:
        title: what it is called, plain text.
    """

    def __init__(self, theme: Theme, name: str, title: str) -> None:
        super().__init__()
        self.title = plain_label(f"{name}_title", "heading", "Classifier")
        self.figure = plain_label(f"{name}_accuracy", "", f"Accuracy of {title}")
        self.others = plain_label(f"{name}_others", title="Accuracy on the other parts")
        self.matrix = ClassMatrix(theme, f"{name}_confusion", f"Confusion matrix of {title}")
        # Where it has a style of its own, Qt indents a label further than others.
        self.title.setIndent(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(1)
        for label in (self.title, self.figure, self.others):
            layout.addWidget(label)
        layout.addWidget(self.matrix, 1)
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Call it otherwise."""
        self.title.setText(title)

    def show_classified(self, found: Classified, part: int, told: Ints | None = None) -> None:
        """Show what is told of a part, by the model itself or by another one's classes `told`, shape (S,)."""
        shares = tuple(found.share(place, told) for place in range(len(PART_WORDS)))
        self.figure.setText(share_words(shares[part]))
        counts = f"{shares[part].right:,} of {shares[part].n:,}"
        self.figure.setToolTip(f"{counts} sequences are told right; ± is the standard error")
        self.others.setText(other_words(shares, part))
        self.matrix.show_counts(found.matrix(part, told), found.levels)

    def show_reason(self, sentence: str) -> None:
        """Say why there is nothing to show yet."""
        self.figure.setText(sentence)
        self.others.setText("")
        self.matrix.show_counts(np.zeros((0, 0), dtype=np.int64), ())
