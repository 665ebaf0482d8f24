"""The left dock: data, model and training of the recipe being edited, in the order of work."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from genstudio.ui.cards.data_card import DataCard
from genstudio.ui.cards.model_card import ModelCard
from genstudio.ui.cards.training_card import TrainingCard
from genstudio.ui.icons import bind_icon
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme


class Experiment(QWidget):
    """Edits the recipe.

    Signals:
        draw_requested: the person wants to draw data.
        open_requested: the person wants to open a file.
        folder_requested: the person wants to open a folder of pictures.
    """

    draw_requested = Signal()
    open_requested = Signal()
    folder_requested = Signal()

    def __init__(self, model: SessionModel, theme: Theme, train: QAction) -> None:
        super().__init__()
        self.setObjectName("experiment")
        self._model = model
        self.data = DataCard(model, theme)
        self.family = ModelCard(model, theme)
        self.training = TrainingCard(model, theme)
        self._page = self._cards()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll, 1)
        # Below the scrolled part: the one bright button is always in sight.
        layout.addLayout(self._buttons(theme, train))
        for card in (self.data, self.family):
            card.form_replaced.connect(self.updateGeometry, Qt.ConnectionType.QueuedConnection)
        model.about_to_train.connect(self._on_about_to_train)
        self.data.open.clicked.connect(self.open_requested)
        self.data.folder.clicked.connect(self.folder_requested)
        self.data.draw.clicked.connect(self.draw_requested)

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest form and the scroll bar, so that nothing is cut."""
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        return QSize(max(300, self._page.minimumSizeHint().width() + bar), 200)

    def sizeHint(self) -> QSize:
        """The same: a wider dock has no use."""
        return self.minimumSizeHint()

    def _cards(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(10, 8, 10, 4)
        layout.setSpacing(6)
        for title, card in (("DATA", self.data), ("MODEL", self.family), ("TRAINING", self.training)):
            layout.addWidget(_heading(title))
            layout.addWidget(card)
        layout.addStretch(1)
        return page

    def _buttons(self, theme: Theme, train: QAction) -> QHBoxLayout:
        self.train = QPushButton(train.text())
        self.train.setObjectName("training.start")
        self.train.setProperty("role", "primary")
        self.train.setToolTip(train.toolTip())
        self.train.setMinimumHeight(34)
        bind_icon(self.train, theme, "play", "accent_text")
        self.train.clicked.connect(train.trigger)
        train.enabledChanged.connect(self._on_train_enabled)
        self.train.setEnabled(train.isEnabled())
        self.reset = QPushButton("Reset")
        self.reset.setObjectName("experiment.reset")
        self.reset.setToolTip("Back to the settings that the model recommends for these data")
        self.reset.clicked.connect(self._on_reset)
        for button in (self.train, self.reset):
            # A click leaves the focus where it was: space stays play and pause.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout()
        row.setContentsMargins(10, 4, 10, 10)
        row.addWidget(self.train, 2)
        row.addWidget(self.reset, 1)
        return row

    def _on_train_enabled(self, enabled: bool) -> None:
        if self.train.hasFocus() and not enabled:
            # Qt would hand the focus to Reset, and the next press of space with it.
            self.train.clearFocus()
        self.train.setEnabled(enabled)

    def _on_about_to_train(self) -> None:
        for form in (self.data.form, self.family.form, self.training.form):
            if form is not None:
                form.commit()

    def _on_reset(self) -> None:
        if self._model.models is not None:
            self._model.choose_model(self._model.recipe.model.name)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label
