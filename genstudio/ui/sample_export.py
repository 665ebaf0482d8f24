"""Samples into files: those that are shown, those that were put aside, or many more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QToolButton, QWidget

from genstudio.data.reader import Watch
from genstudio.errors import GenStudioError
from genstudio.runs.export import check_format, write_samples
from genstudio.runs.favourites import Wish
from genstudio.runs.picture_export import check_picture_format, write_pictures
from genstudio.runs.run import Run
from genstudio.runs.sampled import write_beside
from genstudio.ui.plain_table import quiet_button
from genstudio.ui.sample_page import Page
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

ROW_FORMATS = {"CSV (*.csv)": ".csv", "NumPy (*.npz)": ".npz"}
PICTURE_FORMATS = {
    "One PNG of all (*.png)": ".png", "Folder of PNGs (*)": "", "Zip of PNGs (*.zip)": ".zip", "NumPy (*.npz)": ".npz",
}
MOST_PICTURES = 50_000
MANY = 1_000


@dataclass(frozen=True)
class Offer:
    """What can be exported now.

    Arguments:
        page: what is shown.
        favourites: what was put aside.
        wish: what the page was asked for; more of it can be drawn.
        whole: whether the page holds all that was asked for; else the rest is drawn first.
    """

    run: Run
    pictures: bool
    page: Page
    favourites: Page
    wish: Wish | None
    whole: bool


class SampleExport(QObject):
    """A button with a menu, and all that happens after it is clicked.

    Arguments:
        offer: tells what can be exported; None while there is no run.
    """

    def __init__(self, model: SessionModel, theme: Theme, owner: QWidget, offer: Callable[[], Offer | None]) -> None:
        super().__init__(owner)
        self._model, self._owner, self._offer = model, owner, offer
        self._busy = False
        self._some = False
        self.button = quiet_button(theme, "samples.export", "export", "Export…", "Save what is shown (Ctrl+E)")
        menu = QMenu(self.button)
        for key, text, slot in (
            ("page", "What is shown…", self.export_page), ("favourites", "Favourites…", self.export_favourites),
            ("many", "Many samples…", self.export_many),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"samples.export.{key}")
            action.triggered.connect(partial(_called, slot))
        menu.aboutToShow.connect(self._refresh_menu)
        self.button.setMenu(menu)
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.button.clicked.connect(partial(_called, self.export_page))

    def set_some(self, some: bool) -> None:
        """Whether anything is shown that could be exported."""
        self._some = some
        self.button.setEnabled(some and not self._busy)

    def export_page(self) -> None:
        """Ask for a file, and write what is shown."""
        offer = self._offer()
        if offer is not None and (path := self._asked_path(offer, "samples")) is not None:
            self.export_to(path)

    def export_favourites(self) -> None:
        """Ask for a file, and write what was put aside."""
        offer = self._offer()
        if offer is not None and (path := self._asked_path(offer, "favourites")) is not None:
            self._write(offer, path, offer.favourites)

    def export_many(self) -> None:
        """Ask for a number and a file, and write so many samples."""
        offer = self._offer()
        if offer is None or offer.wish is None:
            return
        most = MOST_PICTURES if offer.pictures else 10_000_000
        count, good = QInputDialog.getInt(self._owner, "Many samples", "Samples from this seed on:", MANY, 1, most)
        if good and (path := self._asked_path(offer, "samples")) is not None:
            self._draw_and_write(offer, path, replace(offer.wish, n=count))

    def export_to(self, path: Path) -> None:
        """Write what is shown; samples that are not drawn yet are drawn first."""
        offer = self._offer()
        if offer is None:
            return
        try:
            (check_picture_format if offer.pictures else check_format)(path)
        except GenStudioError as error:
            self._model.messages.show_error(error)
            return
        if offer.wish is not None and not offer.whole:
            self._draw_and_write(offer, path, offer.wish)
        else:
            self._write(offer, path, offer.page)

    # Inner workings.

    def _asked_path(self, offer: Offer, name: str) -> Path | None:
        formats = PICTURE_FORMATS if offer.pictures else ROW_FORMATS
        suggested = name + next(iter(formats.values()))
        chosen, kind = QFileDialog.getSaveFileName(self._owner, "Export samples", suggested, ";;".join(formats))
        if not chosen:
            return None
        path, ending = Path(chosen), formats.get(kind, next(iter(formats.values())))
        if not ending and path.suffix.lower() == ".png":
            # What was suggested for one picture is no name of a folder.
            return path.with_suffix("")
        return path if path.suffix.lower() in formats.values() and path.suffix else path.with_name(path.name + ending)

    def _draw_and_write(self, offer: Offer, path: Path, wish: Wish) -> None:
        self._set_busy(True)
        asked = offer.run.job.ask("sample", **wish.arguments())

        def write(answer: dict[str, Any]) -> None:
            self._write(offer, path, Page(answer["x"], answer["component"], wish=wish))

        self._model.pump.follow(asked, write, self._on_failed)

    def _write(self, offer: Offer, path: Path, page: Page) -> None:
        self._set_busy(True)
        self._model.pump.run(f"samples.export {path}", partial(_write_file, offer, path, page),
                             partial(self._on_exported, path), self._on_failed)

    def _on_exported(self, path: Path, count: int) -> None:
        what = f"{count:,} sample{'s' * (count != 1)}"
        self._model.messages.show("info", f"Saved {what} as {path.name} in {path.parent}.")
        self._set_busy(False)

    def _on_failed(self, error: BaseException) -> None:
        self._model.messages.show_error(error)
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.set_some(self._some)

    def _refresh_menu(self) -> None:
        offer = self._offer()
        known = {action.objectName().rpartition(".")[2]: action for action in self.button.menu().actions()}
        known["page"].setEnabled(offer is not None and len(offer.page) > 0)
        known["favourites"].setEnabled(offer is not None and len(offer.favourites) > 0)
        known["many"].setEnabled(offer is not None and offer.wish is not None)


def _write_file(offer: Offer, path: Path, page: Page, watch: Watch) -> int:
    if offer.pictures:
        _write_pictures(path, page, watch)
    elif page.other is not None and page.row is not None:
        write_beside(path, offer.run.preparation, page.x, page.other, page.row)
    else:
        write_samples(path, offer.run.preparation, page.x, page.component)
    return len(page)


def _write_pictures(path: Path, page: Page, watch: Watch) -> None:
    if page.other is None or page.row is None:
        write_pictures(path, page.x, watch=watch)
        return
    arrays = {"x": page.x, "reconstruction": page.other, "row": page.row}
    write_pictures(path, np.concatenate([page.x, page.other], axis=3), arrays, watch=watch)


def _called(slot: Callable[[], None], checked: bool = False) -> None:
    slot()
