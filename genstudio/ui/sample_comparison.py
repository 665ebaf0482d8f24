"""What is chosen on a page of samples, and how it compares with what was learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from genstudio.applications.copying import shares
from genstudio.runs.favourites import Array, Item, Wish
from genstudio.runs.job import Asked
from genstudio.runs.run import Run
from genstudio.runs.sampled import sampled_table
from genstudio.ui.sample_detail import SampleDetail
from genstudio.ui.sample_page import Page
from genstudio.ui.sample_words import LATER, NO_DATA, WAITING, nearest_sentence, page_sentence, reconstruction_sentence
from genstudio.ui.session_model import SessionModel

COMPARED = 200
"""So many items of a page are compared with all that was learned from."""
REST_MS = 250
"""Pages that are only leafed through are not compared."""
CHOOSE = "Click a sample to see it large, beside the training item that is nearest to it."


class SampleComparison(QObject):
    """Fills the detail: the chosen item, its nearest training item, and how near the page is.

    Signals:
        picked: whether an item is chosen now.
    """

    picked = Signal(bool)

    def __init__(self, model: SessionModel, detail: SampleDetail) -> None:
        super().__init__(detail)
        self._model, self._detail = model, detail
        self._run: Run | None = None
        self._page: Page | None = None
        self._resting = False
        self._index = -1
        self._shown: Page | None = None
        self._answer: Mapping[str, Array] | None = None
        self._asked: Asked | None = None
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._compare_page)

    @property
    def item(self) -> Item | None:
        """The sample that is chosen."""
        known = self._shown is not None and 0 <= self._index < len(self._shown)
        return self._shown.item(self._index) if known and self._shown is not None else None

    def show_page(self, run: Run, page: Page, resting: bool) -> None:
        """Take another page; what is chosen stays chosen by its place.

        Arguments:
            resting: nothing is learned just now, so that the whole page may be compared.
        """
        if run is not self._run:
            self._index, self._shown = -1, None
        former, self._run, self._page, self._resting = self._page, run, page, resting
        self._give_up()
        self._show_page_words()
        if resting and run.data is not None and page.other is None and len(page):
            self._timer.start()
        if self._index >= len(page) or self._index < 0:
            self.clear()
        elif resting or page.other is not None or former is None or _origin(page) != _origin(former):
            self.pick(self._index)

    def pick(self, index: int) -> None:
        """Choose an item of the page."""
        run, page = self._run, self._page
        if run is None or page is None or not 0 <= index < len(page):
            return
        self._index, self._shown = index, page
        self._show_title(run, page, index)
        if page.other is not None:
            self._show_reconstruction(run, page, page.other, index)
        elif run.data is None:
            self._show([page.x[index]], ["Sample"])
            self._detail.verdict.setText(NO_DATA)
        elif self._answer is not None and index < len(self._answer["distance"]):
            self._show_nearest(page.x[index], self._answer, index)
        else:
            self._show([page.x[index]], ["Sample"])
            self._detail.verdict.setText(WAITING)
            if not (self._resting and index < COMPARED):
                self._ask_one(page, index)
        self.refresh_star()
        self.picked.emit(True)

    def clear(self) -> None:
        """Choose nothing."""
        self._index, self._shown = -1, None
        self._detail.clear(CHOOSE if self._page is not None and len(self._page) else "")
        self.picked.emit(False)

    def refresh_star(self) -> None:
        """Show whether the chosen item is a favourite."""
        item = self.item
        self._detail.show_star(None if item is None or self._run is None else item in self._run.favourites)

    # What is shown.

    def _show(self, items: list[Array], captions: list[str]) -> None:
        run = self._run
        assert run is not None
        if items[0].ndim == 3:
            self._detail.show_pictures(items, captions)
        else:
            table = sampled_table(run.preparation, np.stack(items), np.full(len(items), -1))
            self._detail.show_rows(table, captions)

    def _show_title(self, run: Run, page: Page, index: int) -> None:
        item = page.item(index)
        if item is not None:
            title = item.title + (f" · {run.model.info.step_name} {item.step:,}" if item.step else "")
            self._detail.title.setText(title)
            self._detail.title.setToolTip(title)
        self._detail.nearness.set_chosen(None)

    def _show_reconstruction(self, run: Run, page: Page, other: Array, index: int) -> None:
        row = "" if page.row is None else f" {int(page.row[index]) + 1:,}"
        self._detail.title.setText(f"Item{row}")
        self._show([page.x[index], other[index]], ["Original", "Reconstruction"])
        self._detail.verdict.setText(reconstruction_sentence(page.x[index], other[index]))

    def _show_nearest(self, x: Array, answer: Mapping[str, Array], place: int) -> None:
        self._show([x, answer["x"][place]], ["Sample", self._nearest_caption(answer, place)])
        self._detail.verdict.setText(nearest_sentence(answer, place))
        self._detail.nearness.set_chosen(float(answer["distance"][place]))

    def _nearest_caption(self, answer: Mapping[str, Array], place: int) -> str:
        labels = None if self._run is None or self._run.data is None else self._run.data.labels
        code = int(answer["label"][place])
        return f"Nearest: {labels.levels[code]}" if labels is not None and code >= 0 else "Nearest"

    def _show_page_words(self) -> None:
        run, page = self._run, self._page
        if run is None or page is None or page.other is not None or run.data is None or not len(page):
            self._detail.show_page("")
        else:
            self._detail.show_page("" if self._resting else LATER)

    # What is asked.

    def _give_up(self) -> None:
        self._timer.stop()
        self._answer = None
        if self._asked is not None:
            self._asked.give_up()
            self._asked = None

    def _compare_page(self) -> None:
        page = self._page
        if page is None:
            return

        def done(answer: Mapping[str, Any]) -> None:
            if self._page is page:
                self._asked, self._answer = None, answer
                edges, found = shares(answer["distance"], answer["own"])
                self._detail.show_page(page_sentence(answer), edges, found)
                if 0 <= self._index < len(answer["distance"]) and self._shown is page:
                    self.pick(self._index)

        self._asked = self._model.ask("nearest", done, key="samples.nearest", x=page.x[:COMPARED])

    def _ask_one(self, page: Page, index: int) -> None:
        def done(answer: Mapping[str, Any]) -> None:
            if self._shown is page and self._index == index:
                self._show_nearest(page.x[index], answer, 0)

        self._model.ask("nearest", done, key="samples.one", x=page.x[index:index + 1])


def _origin(page: Page) -> tuple[Wish | None, bool]:
    return page.wish, bool(page.items)
