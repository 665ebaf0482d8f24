"""The latent space: a map to walk on, ways through it, what each coordinate does, and one's own items in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout

from genstudio.applications.latent_directions import principal
from genstudio.models.capabilities import Latent
from genstudio.runs.run import Run
from genstudio.training.events import Preview
from genstudio.ui.latent_arithmetic import LatentArithmetic
from genstudio.ui.latent_item import LatentItem
from genstudio.ui.latent_map import LatentMap
from genstudio.ui.latent_model import LatentModel
from genstudio.ui.latent_own import LatentOwn
from genstudio.ui.latent_sliders import LatentSliders
from genstudio.ui.latent_walk import LatentWalk
from genstudio.ui.latent_way import Station, Way
from genstudio.ui.panel import Panel, PanelInfo
from genstudio.ui.plots.throttle import Throttle

Array = NDArray[Any]

ITEMS, ITEMS_WHILE_TRAINING = 1500, 1000
MANIFOLD_MS = 120
SETTLED_MS = 300
"""A point that has stood so long is followed as the model learns."""


class LatentPanel(Panel):
    """One point of the latent space, what it decodes to, and pages that move it."""

    info = PanelInfo(
        key="latent",
        title="Latent",
        icon="latent",
        order=36,
        help="The latent space: drag the cursor and see what each place decodes to, walk between items, change one "
        "coordinate at a time, add what makes a class, and bring your own item.",
        needs=Latent,
        needs_run=True,
        doing="be walked through, as it has no latent space",
    )

    def build(self) -> None:
        """Pages on the left, the item on the right."""
        self._run: Run | None = None
        self._draw = np.random.default_rng()
        self.latent, self.way = LatentModel(self), Way(self)
        self.map = LatentMap(self.latent, self.way, self.theme, "latent")
        self.item = LatentItem(self.latent, self.theme, "latent")
        context = (self.model, self.latent)
        self.walk = LatentWalk(*context, self.way, self.theme, "latent")
        self.sliders = LatentSliders(*context, self.theme, "latent")
        self.arithmetic = LatentArithmetic(*context, self.theme, "latent")
        self.own = LatentOwn(*context, self.theme, "latent")
        self.pages = self._make_pages()
        self._manifold = Throttle(self._look_at_manifold, MANIFOLD_MS, self)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._arrange()
        self._connect()

    def run_changed(self, run: Run | None) -> None:
        """Walk in the space of another run, or look again at one that ended."""
        if run is None:
            return
        if run is not self._run:
            self._begin(run)
        elif self.latent.known:
            self._look_at_items()

    def export(self) -> None:
        """Write the walk, or what the page in front shows."""
        page = self.pages.currentWidget()
        if page is self.walk:
            self.walk.export()
        elif page is self.map:
            self.map.plot.context_menu().popup(self.mapToGlobal(self.rect().center()))
        else:
            self.item.export()

    # Building.

    def _make_pages(self) -> QTabWidget:
        pages = QTabWidget()
        pages.setObjectName("latent.pages")
        pages.setDocumentMode(True)
        for page, title, tip in (
            (self.map, "Map", "Two coordinates as a map, with what its places decode to"),
            (self.walk, "Walk", "From item to item: a slider, a strip and an animation"),
            (self.sliders, "Sliders", "What each coordinate changes"),
            (self.arithmetic, "Arithmetic", "Add or subtract what makes a class"),
            (self.own, "Own item", "A picture or row of your own, or one of the data"),
        ):
            pages.setTabToolTip(pages.addTab(page, title), tip)
        return pages

    def _arrange(self) -> None:
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("latent.splitter")
        both.setChildrenCollapsible(False)
        both.addWidget(self.pages)
        both.addWidget(self.item)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        both.setSizes([600, 300])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def _connect(self) -> None:
        self.latent.moved.connect(self._on_moved)
        self.map.manifold_wanted.connect(self._manifold)
        self.pages.currentChanged.connect(self._on_page_shown)
        self.item.random_wanted.connect(self._on_random)
        self.item.item_wanted.connect(self.own.take_random)
        self.item.kept.connect(self._on_kept)
        self.item.station_wanted.connect(self._on_station_wanted)
        self.map.plot.station_wanted.connect(lambda *_: self._on_station_wanted())
        self._settled.timeout.connect(self._follow)
        for plot in (self.map.plot, self.map.rows.stage, self.item.pictures):
            plot.export_failed.connect(self.model.messages.show_error)

    # What is asked.

    def _begin(self, run: Run) -> None:
        self._run = run
        labels = None if run.data is None else run.data.labels
        for name in ("manifold", "items", "decoded", "directions"):
            self.look_away(name)
        self.latent.forget(() if labels is None else labels.levels)
        self.way.clear()
        self.map.begin(run)
        self.item.begin(run.preparation)
        for page in (self.walk, self.sliders, self.arithmetic, self.own):
            page.begin(run)
        self.look("space", self._on_space, "latent_space")

    def _on_space(self, preview: Preview) -> None:
        self.look_away("space")
        self.latent.take_space(int(preview.answer["latent_dim"]), int(preview.answer["n_conditions"]))
        self._look_at_items()
        self._on_page_shown(0)
        self._on_moved()

    def _look_at_items(self) -> None:
        run = self._run
        if run is not None and run.data is not None:
            most = ITEMS if run.status.ended else ITEMS_WHILE_TRAINING
            self.look("items", self._on_items, "latent_items", most=most)

    def _look_at_manifold(self) -> None:
        if not self.latent.known or not self.map.manifold_seen():
            self.look_away("manifold")
            return
        self.look("manifold", self._on_manifold, "manifold", **self.map.manifold_arguments())

    def _look_at_directions(self) -> None:
        wanted = self.pages.currentWidget() in (self.sliders, self.arithmetic, self.own)
        if wanted and self._run is not None and self._run.data is not None and self.latent.known:
            self.look("directions", self._on_directions, "directions", most=ITEMS_WHILE_TRAINING)
        else:
            self.look_away("directions")

    def _on_page_shown(self, _: int) -> None:
        self._manifold()
        self._look_at_directions()

    def _on_directions(self, preview: Preview) -> None:
        answer = preview.answer
        found = principal(answer["mean"], answer["directions"], answer["deviations"])
        self.latent.take_directions(found, answer["class_means"], answer["class_counts"])

    def _on_items(self, preview: Preview) -> None:
        answer = preview.answer
        exact = not answer["deviation"].any()
        carried = answer["activity" if exact else "kl"]
        self.latent.take_items(answer["z"], answer["label"], answer["row"], carried, exact=exact)

    def _on_manifold(self, preview: Preview) -> None:
        self.map.show_manifold(preview.answer)

    # The point.

    def _on_moved(self) -> None:
        if self.latent.known:
            self.model.ask("decode", self._show, key="latent.decode", **self._decoding())
            self._settled.start()

    def _decoding(self) -> dict[str, Any]:
        return {"z": self.latent.z[None], "condition": self.latent.condition}

    def _follow(self) -> None:
        """Look at the point from now on: what it decodes to changes as the model learns."""
        if self.latent.known:
            self.look("decoded", self._on_decoded, "decode", **self._decoding())

    def _on_decoded(self, preview: Preview) -> None:
        # What was looked at before the point moved on is of no use any more.
        if np.array_equal(preview.answer["z"][0], self.latent.z):
            self._show(preview.answer)

    def _show(self, answer: Mapping[str, Array]) -> None:
        if answer["z"].shape[1] == self.latent.latent_dim:
            self.item.show_decoded(answer["x"], answer["z"])
            self.map.show_decoded(answer["x"])

    def _on_random(self) -> None:
        self.latent.compare(None)
        self.latent.go(self._draw.standard_normal(self.latent.latent_dim))

    def _station(self) -> Station:
        title = ", ".join(f"{value:.2f}" for value in self.latent.cursor[:self.latent.latent_dim])
        return Station(self.latent.z, f"at {title}")

    def _on_kept(self) -> None:
        if self.latent.known:
            self.way.keep(self._station())
            self.model.messages.show("info", "The point is kept.", "It is among the kept ones of the walk.")

    def _on_station_wanted(self) -> None:
        if self.latent.known:
            self.way.add(self._station())
