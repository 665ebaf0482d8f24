"""What the model invents, page after page, beside what it learned from; drawn again as it learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from genstudio.data.dataset import Kind
from genstudio.data.preparation import PicturePreparation
from genstudio.models.capabilities import Adversarial, Conditional, Latent, Samples
from genstudio.runs.favourites import Array, Wish
from genstudio.runs.job import Asked, Status
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.sample_body import SampleBody
from genstudio.ui.sample_comparison import SampleComparison
from genstudio.ui.sample_controls import SampleControls
from genstudio.ui.sample_export import Offer, SampleExport
from genstudio.ui.sample_page import Page, empty_page, page_of, starred
from genstudio.ui.sample_views import HINTS, VIEWS, SampleViews
from genstudio.ui.sample_words import NO_DATA

LIVE_SAMPLES = 5_000
"""So many are drawn again and again while a run learns; more are drawn once, when it rests."""
MOST_PAIRS = 400


class SamplesPanel(Panel):
    """Pages of pictures or rows, and one item by itself."""

    info = PanelInfo(
        key="samples",
        title="Samples",
        icon="sample",
        order=35,
        help="New items that the model invents, page after page, to be compared with the data, kept and exported.",
        needs=Samples,
        needs_run=True,
        doing="invent samples",
    )

    def build(self) -> None:
        """A line of views, a line of controls; the page, and what is chosen on it."""
        self._run: Run | None = None
        self._page = empty_page((0,))
        self._asked: Asked | None = None
        self._classes_of: str | None = None
        self.controls = SampleControls(self.theme)
        self.body = SampleBody(self.theme, self.model.pump)
        self.grid, self.rows, self.detail = self.body.grid, self.body.rows, self.body.detail
        self.comparison = SampleComparison(self.model, self.detail)
        self.exporting = SampleExport(self.model, self.theme, self, self._offer)
        self.views = SampleViews(self.theme)
        self._arrange()
        self._connect()
        self.show_view("samples")

    @property
    def wish(self) -> Wish:
        """Which samples are asked for."""
        return self.controls.wish

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    @property
    def pictures(self) -> bool:
        """Whether the shown run invents pictures."""
        return self._run is not None and isinstance(self._run.preparation, PicturePreparation)

    def unsuitable(self, run: Run | None) -> str:
        """As every panel; and rows of sequences are not samples by themselves."""
        reason = super().unsuitable(run)
        if reason or run is None or run.preparation.kind is not Kind.SEQUENCES:
            return reason
        return "Rows of a sequence belong together: sampled sequences are shown under Forecast & gaps, as Sampled."

    def run_changed(self, run: Run | None) -> None:
        """Draw samples of another run, or of one that ended."""
        if run is None:
            return
        if run is not self._run:
            self._take_run(run)
        if not self.pictures:
            self.rows.set_data(run.data)
        self._draw_again()

    def show_view(self, key: str) -> None:
        """Show "samples", "reconstructions" or "favourites"."""
        self.views.choose(key)
        self.controls.show_reconstructions(key == "reconstructions")
        self.controls.setEnabled(key != "favourites")
        if self._run is not None:
            self._show(self._empty())
            self._draw_again()

    def export(self) -> None:
        """Ask for a file, and write what is shown; samples as many as are asked for."""
        self.exporting.export_page()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages, stars, and nothing chosen, for keys that no view took for itself."""
        way = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if way is not None:
            self._turn(way)
        elif event.key() == Qt.Key.Key_S and not event.modifiers():
            self._on_starred()
        elif event.key() == Qt.Key.Key_Escape:
            self.comparison.clear()
            self.body.clear_choice()
        else:
            super().keyPressEvent(event)

    # Building.

    def _arrange(self) -> None:
        above = QHBoxLayout()
        above.setContentsMargins(12, 6, 8, 2)
        above.setSpacing(4)
        above.addWidget(self.views)
        above.addStretch(1)
        above.addWidget(self.exporting.button)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(self.controls)
        layout.addWidget(self.body, 1)

    def _connect(self) -> None:
        self.views.chosen.connect(self.show_view)
        self.controls.changed.connect(self._on_wished)
        self.grid.turned.connect(self._turn)
        self.grid.clicked.connect(self.comparison.pick)
        self.rows.picked.connect(self.comparison.pick)
        self.comparison.picked.connect(self.body.show_detail)
        self.rows.samples.copied.connect(self._on_copied)
        for wanted in (self.grid.starred, self.rows.starred, self.detail.star_clicked):
            wanted.connect(self._on_starred)
        for plot in (self.rows.stage, self.rows.line, self.detail.nearness, self.grid, self.detail.pair):
            plot.export_failed.connect(self.model.messages.show_error)

    # The run.

    def _take_run(self, run: Run) -> None:
        self._run = run
        self._classes_of = None
        self.controls.set_pictures(self.pictures)
        self.controls.offer_classes(())
        self.controls.call_truncation(run.offers(Adversarial))
        self.controls.steering.show_run(run)
        self.body.set_pictures(self.pictures)
        if not self.pictures:
            self.rows.set_preparation(run.preparation)
        self.views.offer_reconstructions(run.offers(Latent))
        self.show_view(self.views.current)

    def _offer_classes(self, run: Run) -> None:
        """Classes are known once networks have been made."""
        if self._classes_of == run.key or not run.offers(Conditional):
            return
        self._classes_of = run.key

        def done(answer: Mapping[str, Array]) -> None:
            count = int(answer["n"][0])
            levels = () if run.data is None or run.data.labels is None else run.data.labels.levels
            words = levels if len(levels) == count else tuple(f"class {place + 1}" for place in range(count))
            self.controls.offer_classes(words)
            if self.wish.condition is not None:
                self._draw_again()

        self.model.ask("conditions", done, key="samples.conditions")

    # Drawing.

    def _draw_again(self) -> None:
        """Look again and again at what the view is of, as the model changes by learning or by hand."""
        for name in ("drawn", "reconstructed"):
            self.look_away(name)
        run = self._run
        if run is None:
            return
        if self.views.current == "samples":
            self.look("drawn", self._on_drawn, "sample", **self._live_wish().arguments())
        elif self.views.current == "reconstructions" and run.data is not None:
            self.look("reconstructed", self._on_reconstructed, "reconstructions", n=min(self.wish.n, MOST_PAIRS),
                      part=self.controls.chosen_part, seed=self.wish.seed)
        else:
            self._show(self._favourite_page() if self.views.current == "favourites" else self._empty())

    def _live_wish(self) -> Wish:
        return replace(self.wish, n=min(self.wish.n, LIVE_SAMPLES))

    def _on_drawn(self, preview: Preview) -> None:
        run = self._run
        if run is None or self.views.current != "samples" or not self._live_wish().answered_by(preview.answer):
            return
        self._offer_classes(run)
        past = self.model.watching.step is not None
        if self.wish.n > LIVE_SAMPLES and run.status.ended and not past:
            self._ask_page(self.wish)
        else:
            self._show(_page(preview.answer, self._live_wish(), preview.step))

    def _ask_page(self, wish: Wish) -> None:
        """Draw at once, without waiting for the time that looking may take."""
        if self._asked is not None:
            self._asked.give_up()

        def done(answer: Mapping[str, Array]) -> None:
            step = 0 if self._asked is None else self._asked.step
            self._asked = None
            if self.views.current == "samples" and wish in (self.wish, self._live_wish()):
                self._show(_page(answer, wish, step))

        self._asked = self.model.ask("sample", done, key="samples.page", **wish.arguments())

    def _on_reconstructed(self, preview: Preview) -> None:
        if self.views.current == "reconstructions":
            answer = preview.answer
            none = np.full(len(answer["x"]), -1)
            self._show(Page(answer["x"], none, preview.step, other=answer["reconstruction"], row=answer["row"]))

    def _show(self, page: Page) -> None:
        run = self._run
        if run is None:
            return
        self._page = page
        view = self.views.current
        wanted = self.wish.n if view == "samples" else len(page)
        missing = view == "reconstructions" and run.data is None
        self.body.show_page(page, wanted, self._title(run), NO_DATA if missing else HINTS[view])
        self._show_stars(run)
        self.exporting.set_some(len(page) > 0)
        self.comparison.show_page(run, page, run.status.ended or run.status is Status.PAUSED)

    def _title(self, run: Run) -> str:
        reached = self._page.step or run.history.step
        step = f" · {run.model.info.step_name} {reached:,}" if reached else ""
        return f"{VIEWS[self.views.current][0]}{step}"

    def _show_stars(self, run: Run) -> None:
        self.views.show_count(len(run.favourites))
        if self.pictures:
            favourites = self.views.current == "favourites"
            self.grid.set_marked([] if favourites else starred(run.favourites, self._page))

    def _empty(self) -> Page:
        assert self._run is not None
        preparation = self._run.preparation
        return empty_page(preparation.shape if isinstance(preparation, PicturePreparation) else (
            len(preparation.columns),))

    def _favourite_page(self) -> Page:
        assert self._run is not None
        return page_of(self._run.favourites.items, self._empty().x.shape[1:])

    # What the person does.

    def _turn(self, pages: int) -> None:
        if self.views.current != "favourites":
            self.controls.turn(pages)

    def _on_wished(self) -> None:
        run = self._run
        self._draw_again()
        live = run is not None and not run.status.ended and self.model.watching.step is None
        if live and self.views.current == "samples":
            self._ask_page(self._live_wish())

    def _on_starred(self) -> None:
        run, item = self._run, self.comparison.item
        if run is None or item is None:
            return
        run.favourites.toggle(item)
        if self.views.current == "favourites":
            self._show(self._favourite_page())
        self._show_stars(run)
        self.comparison.refresh_star()

    def _on_copied(self, count: int) -> None:
        self.model.messages.show("info", f"{count:,} sample{'s' * (count != 1)} copied.")

    def _offer(self) -> Offer | None:
        run = self._run
        if run is None:
            return None
        wish = self.wish if self.views.current == "samples" else None
        whole = wish is None or len(self._page) == wish.n
        return Offer(run, self.pictures, self._page, self._favourite_page(), wish, whole)


def _page(answer: Mapping[str, Any], wish: Wish, step: int) -> Page:
    return Page(answer["x"], answer["component"], step, wish)
