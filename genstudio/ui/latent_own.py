"""The page for items of one's own, and for those of the data: in, as a point of the latent space, and out again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from genstudio.data.picture_file import SUFFIXES, UnreadableError, decoded, read_picture
from genstudio.data.picture_preparation import PicturePreparation
from genstudio.data.reader import Watch
from genstudio.errors import DataError
from genstudio.runs.run import Run
from genstudio.ui.latent_model import LatentModel, Original, coordinate_name
from genstudio.ui.latent_page import Array, LatentPage
from genstudio.ui.latent_row_form import RowForm
from genstudio.ui.latent_sliders import LatentSliders
from genstudio.ui.plain_table import plain_label, quiet_button
from genstudio.ui.plots.export import image_png
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

NAMED = 6
"""So many coordinates are written out, those that carry most first."""
PICTURES = f"Pictures ({' '.join('*' + suffix for suffix in SUFFIXES)})"


class LatentOwn(LatentPage):
    """A picture file, a picture from the clipboard, a typed row, or an item of the data, as a latent point."""

    def __init__(self, session: SessionModel, latent: LatentModel, theme: Theme, prefix: str) -> None:
        super().__init__(session, latent, theme, prefix, "own")
        self._draw = np.random.default_rng()
        self._source: Path | QImage | None = None
        self.setAcceptDrops(True)
        self.open = quiet_button(theme, f"{prefix}.open", "open", "Picture…", "Encode a picture file; or drop one here")
        self.paste = quiet_button(theme, f"{prefix}.paste", "copy", "Paste", "Encode the picture on the clipboard "
                                  "(Ctrl+V)")
        self.invert = QCheckBox("Invert")
        self.invert.setObjectName(f"{prefix}.invert")
        self.invert.setToolTip("Make dark what is light: a drawing on white paper looks so to models that learned from "
                               "white on black")
        self.form = RowForm(prefix)
        self.encode = quiet_button(theme, f"{prefix}.encode", "latent", "Encode this row", "See where the typed row "
                                   "lies in the latent space")
        self.number = QLineEdit()
        self.number.setObjectName(f"{prefix}.row")
        self.number.setAccessibleName("Item of the data")
        self.number.setToolTip("Which item of the data, counted from 1")
        self.number.setMaximumWidth(90)
        self.take = quiet_button(theme, f"{prefix}.take_row", "data", "Take", "Encode this item of the data")
        self.random = quiet_button(theme, f"{prefix}.random_row", "random", "Any", "Encode a random item of the data")
        self.coordinates = plain_label(f"{prefix}.coordinates", "", "Latent coordinates")
        self.coordinates.setWordWrap(True)
        self.sliders = LatentSliders(session, latent, theme, f"{prefix}.own")
        self._arrange()
        self._connect()

    def begin(self, run: Run) -> None:
        """Take items that the run's model knows."""
        super().begin(run)
        self.sliders.begin(run)
        self._source = None
        _show_all((self.open, self.paste, self.invert), self.pictures)
        _show_all((self._forms, self.encode), not self.pictures)
        if not self.pictures:
            self.form.show_columns(run.preparation.columns, run.preparation.fill)
        self._of_data.setEnabled(run.data is not None)
        self.coordinates.setText("")

    def take_random(self) -> None:
        """Encode a random item of the data."""
        run = self.run
        if run is not None and run.data is not None:
            self._ask_item(int(self._draw.choice(np.concatenate(run.data.rows))))

    def read(self, source: Path | QImage) -> None:
        """Encode a picture, in the background."""
        run = self.run
        if run is None or not isinstance(run.preparation, PicturePreparation):
            return
        self._source = source
        reading = partial(_picture, source, run.preparation.shape, self.invert.isChecked())
        title = source.name if isinstance(source, Path) else "pasted picture"
        self.session.pump.run("latent.picture", reading, lambda x: self._encode(x[None], title),
                              self.session.messages.show_error)

    # What is dropped.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One picture."""
        if self.pictures and (_dropped(event) is not None or event.mimeData().hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Encode it."""
        path = _dropped(event)
        event.acceptProposedAction()
        self.read(QImage(event.mimeData().imageData()) if path is None else path)

    # Building.

    def _arrange(self) -> None:
        self._of_data = QWidget()
        above = _in_a_row(QWidget(), self.open, self.paste, self.invert)
        _in_a_row(self._of_data, QLabel("Item of the data"), self.number, self.take, self.random)
        self._forms = QScrollArea()
        self._forms.setWidgetResizable(True)
        self._forms.setWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(above)
        layout.addWidget(self._forms, 1)
        layout.addWidget(self.encode)
        layout.addWidget(self._of_data)
        layout.addWidget(self.coordinates)
        layout.addWidget(self.sliders, 2)

    def _connect(self) -> None:
        self.open.clicked.connect(self._on_open)
        self.paste.clicked.connect(self._on_paste)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self).activated.connect(self._on_paste)
        self.invert.clicked.connect(self._on_inverted)
        self.encode.clicked.connect(self._on_row_typed)
        self.number.returnPressed.connect(self._on_take)
        self.take.clicked.connect(self._on_take)
        self.random.clicked.connect(self.take_random)

    # What is asked.

    def _ask_item(self, row: int) -> None:
        self.session.ask("items", partial(self._on_item, row), key="latent.item", rows=[row])

    def _on_item(self, row: int, answer: dict[str, Array]) -> None:
        label = int(answer["label"][0])
        named = 0 <= label < len(self.latent.levels)
        self.number.setText(str(row + 1))
        self._encode(answer["x"], f"item {row + 1}" + (f", {self.latent.levels[label]}" if named else ""), label)

    def _encode(self, x: Array, title: str, label: int = -1) -> None:
        self.session.ask("encode", partial(self._on_encoded, x, title), key="latent.encode", x=x, labels=[label])

    def _on_encoded(self, x: Array, title: str, answer: dict[str, Array]) -> None:
        z, deviation = answer["z"][0], answer["deviation"][0]
        self.coordinates.setText(self._in_words(title, z, deviation))
        if not self.pictures:
            self.form.show_row(x[0])
        self.latent.compare(Original(x, title, z))

    def _in_words(self, title: str, z: Array, deviation: Array) -> str:
        shown = self.latent.order[:NAMED]
        # Where none deviates, items lie at points, not about them.
        spread = [f" ± {deviation[k]:.2f}" if deviation.any() else "" for k in shown]
        parts = [f"{coordinate_name(k)} {z[k]:.2f}{about}" for k, about in zip(shown, spread, strict=True)]
        more = len(z) - len(shown)
        return f"{title} lies at " + ",  ".join(parts) + (f",  and {more} more" if more > 0 else "")

    # What the person does.

    def _on_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Encode a picture", "", PICTURES)
        if name:
            self.read(Path(name))

    def _on_paste(self) -> None:
        if not self.pictures:
            return
        image, data = QGuiApplication.clipboard().image(), QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if not image.isNull() or files:
            self.read(files[0] if image.isNull() else image)
        else:
            self.session.messages.show("info", "There is no picture on the clipboard.", "Copy one first.")

    def _on_inverted(self) -> None:
        if self._source is not None:
            self.read(self._source)

    def _on_row_typed(self) -> None:
        try:
            x = self.form.row()
        except DataError as error:
            self.session.messages.show_error(error)
            return
        self._encode(x[None], "typed row")

    def _on_take(self) -> None:
        run, text = self.run, self.number.text().strip().replace(",", "")
        if run is None or run.data is None:
            return
        row = int(text) - 1 if text.isdecimal() else -1
        if not any((part == row).any() for part in run.data.rows):
            self.session.messages.show("info", f"The data of this run have no item {text or '(none)'}.",
                                       "Type the number of an item that was learned from or held out.")
            return
        self._ask_item(row)


def _in_a_row(room: QWidget, *widgets: QWidget) -> QWidget:
    row = QHBoxLayout(room)
    row.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return room


def _show_all(widgets: Sequence[QWidget], shown: bool) -> None:
    for widget in widgets:
        widget.setVisible(shown)


def _picture(source: Path | QImage, shape: tuple[int, int, int], invert: bool, watch: Watch) -> Array:
    if isinstance(source, Path):
        return read_picture(source, shape, "pad", invert)
    try:
        pixels = decoded(io.BytesIO(image_png(source)), shape, "pad")
    except UnreadableError as error:
        raise DataError(f"The picture on the clipboard cannot be read: {error}.", "Copy another one.") from error
    intensities = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255.0)
    return 1 - intensities if invert else intensities


def _dropped(event: Any) -> Path | None:
    files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return files[0] if files and files[0].suffix.lower() in SUFFIXES else None
