"""The walk page: stations, the way between them as a slider, a strip and an animation, and its export."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from genstudio.data.reader import Watch
from genstudio.runs.animation import write_gif, write_strip
from genstudio.runs.export import write_samples
from genstudio.runs.favourites import Item
from genstudio.runs.run import Run
from genstudio.runs.sampled import sampled_table
from genstudio.ui.data_views.rows_model import RowsModel
from genstudio.ui.latent_model import LatentModel
from genstudio.ui.latent_page import Array, LatentPage
from genstudio.ui.latent_player import WalkPlayer
from genstudio.ui.latent_stations import StationList
from genstudio.ui.latent_way import Station, Way
from genstudio.ui.plain_table import plain_label, plain_table, quiet_button
from genstudio.ui.plots.picture_grid import PictureGrid
from genstudio.ui.session_model import SessionModel
from genstudio.ui.theme import Theme

STRIP = (6, 8, 12, 16, 24)
FRAMES_PER_LEG = 20
EMPTY = "Choose two stations at least: from the data, from the prior, or with Ctrl and a click on the map."
GIF, PNG, CSV = "GIF, looped (*.gif)", "PNG, a strip (*.png)", "CSV, rows along the way (*.csv)"


class LatentWalk(LatentPage):
    """From station to station."""

    def __init__(self, session: SessionModel, latent: LatentModel, way: Way, theme: Theme, prefix: str) -> None:
        super().__init__(session, latent, theme, prefix, "walk")
        self.way = way
        self._draw = np.random.default_rng()
        self.stations = StationList(way, f"{prefix}.stations")
        self.player = WalkPlayer(theme, prefix)
        self.how = _combo(f"{prefix}.how", "How the way leads: along great circles, which keeps points as likely "
                          "as the stations are, or straight", ("Spherical", "Linear"))
        self.count = _combo(f"{prefix}.strip_count", "Pictures in the strip", [str(n) for n in STRIP])
        self.count.setCurrentIndex(1)
        self.closed = QCheckBox("Loop")
        self.closed.setObjectName(f"{prefix}.closed")
        self.closed.setToolTip("Lead back to the first station, so that the animation does not jump")
        self.closed.setChecked(way.closed)
        self.hint = plain_label(f"{prefix}.walk_hint", title="What is missing")
        self.hint.setText(EMPTY)
        self.hint.setWordWrap(True)
        self.strip = PictureGrid(theme, f"{prefix}.strip", "Pictures along the way")
        self.rows = RowsModel()
        self._make_buttons()
        self._arrange()
        self._connect()

    def begin(self, run: Run) -> None:
        """Another space has other stations."""
        self.player.play.setChecked(False)
        super().begin(run)
        self.player.rewind()
        self._views.setCurrentIndex(0 if self.pictures else 1)
        self._on_way_changed()

    def refresh(self) -> None:
        """Decode the stations and the strip."""
        if self.way.stations:
            self.decode("stations", self.way.points, self.way.picture)
        if self.way.leads_somewhere:
            self.decode("strip", self._strip_points(), self._show_strip)

    def export(self) -> None:
        """Ask for a file, and write the way to it."""
        if not self.way.leads_somewhere:
            self.session.messages.show("info", "There is no way to export yet.", EMPTY)
            return
        kinds = (GIF, PNG) if self.pictures else (CSV,)
        name, kind = QFileDialog.getSaveFileName(self, "Export the walk", f"walk{_ending(kinds[0])}", ";;".join(kinds))
        if name:
            path, ending = Path(name), _ending(kind or kinds[0])
            known = path.suffix.lower() in map(_ending, kinds)
            self.export_to(path if known else path.with_name(path.name + ending))

    def export_to(self, path: Path) -> None:
        """Decode the way finely, and write it to a GIF, PNG or CSV file, in the background."""
        run = self.run
        if run is None or not self.way.leads_somewhere:
            return
        gif = path.suffix.lower() == ".gif"
        z = self.way.line(FRAMES_PER_LEG) if gif or not self.pictures else self._strip_points()
        z = z[:-1] if gif and self.way.closed else z
        asked = run.job.ask("decode", z=z, condition=self.latent.condition)
        rate = FRAMES_PER_LEG / self.player.seconds_per_leg
        write = partial(_write, run, path, None if not gif else (rate, not self.way.closed))
        self.session.pump.follow(asked, lambda answer: self._write(path, partial(write, answer["x"])),
                                 self.session.messages.show_error)

    # Building.

    def _make_buttons(self) -> None:
        button, prefix = quiet_button, self.prefix
        self.from_data = button(self.theme, f"{prefix}.from_data", "data", "Data", "Add a random item of the data")
        self.from_prior = button(self.theme, f"{prefix}.from_prior", "random", "Sample", "Add a point of the prior")
        self.from_kept = button(self.theme, f"{prefix}.from_kept", "success", "Kept", "Add a point that was kept, or a "
                                "favourite among the samples")
        self.kept_menu = QMenu(self)
        self.from_kept.setMenu(self.kept_menu)
        self.from_kept.setPopupMode(self.from_kept.ToolButtonPopupMode.InstantPopup)
        self.remove = button(self.theme, f"{prefix}.remove", "delete", "", "Take the chosen station away (Delete)")
        self.clear = button(self.theme, f"{prefix}.clear", "reset", "", "Take all stations away")
        self.export_button = button(self.theme, f"{prefix}.export", "export", "Export…",
                                    "Write the walk as an animated GIF or a strip (Ctrl+E)")

    def _arrange(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for widget in (self.from_data, self.from_prior, self.from_kept):
            above.addWidget(widget)
        above.addStretch(1)
        for widget in (self.remove, self.clear):
            above.addWidget(widget)
        below.addWidget(self.how)
        below.addWidget(self.closed)
        below.addStretch(1)
        below.addWidget(self.count)
        below.addWidget(self.export_button)
        self.table = plain_table(self.rows, f"{self.prefix}.way_rows", "Rows along the way")
        self._views = QStackedWidget()
        self._views.addWidget(self.strip)
        self._views.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(above)
        layout.addWidget(self.stations)
        layout.addWidget(self.hint)
        layout.addWidget(self.player)
        layout.addLayout(below)
        layout.addWidget(self._views, 1)

    def _connect(self) -> None:
        way = self.way
        way.changed.connect(self._on_way_changed)
        self.kept_menu.aboutToShow.connect(self._fill_kept)
        for signal in (self.latent.items_changed, self.latent.space_changed):
            signal.connect(self._on_way_changed)
        self.stations.visited.connect(lambda station: self.latent.go(station.z))
        self.player.placed.connect(self._on_placed)
        self.how.activated.connect(self._on_led)
        self.closed.clicked.connect(self._on_led)
        self.count.activated.connect(lambda _: self.refresh_soon())
        self.strip.clicked.connect(lambda place: self.latent.go(self._strip_points()[place]))
        self.strip.export_failed.connect(self.session.messages.show_error)
        self.from_data.clicked.connect(self._on_from_data)
        self.from_prior.clicked.connect(self._on_from_prior)
        self.remove.clicked.connect(self.stations.remove_chosen)
        self.clear.clicked.connect(lambda: way.set_stations(()))
        self.export_button.clicked.connect(self.export)

    # What is shown.

    def _on_way_changed(self) -> None:
        leads = self.way.leads_somewhere
        self.hint.setVisible(not leads)
        self.player.lead(len(self.way.stations) - (not self.way.closed) if leads else 0, self.way.closed)
        self.export_button.setEnabled(leads)
        for button in (self.remove, self.clear):
            button.setEnabled(bool(self.way.stations))
        self.from_data.setEnabled(len(self.latent.items) > 0)
        for button in (self.from_prior, self.from_kept):
            button.setEnabled(self.latent.known)
        if not leads:
            self.strip.set_pictures(np.empty((0, 1, 1, 1), np.uint8))
            self.rows.show_table(None)
        self.refresh_soon()

    def _strip_points(self) -> Array:
        count = STRIP[self.count.currentIndex()]
        ends = count if self.way.closed else count - 1
        return np.stack([self.way.at(k / ends) for k in range(count)])

    def _show_strip(self, x: Array) -> None:
        if x.ndim == 4:
            self.strip.set_pictures(x)
        elif self.run is not None and x.ndim == 2:
            self.rows.show_table(sampled_table(self.run.preparation, x, np.full(len(x), -1)))

    def _fill_kept(self) -> None:
        """Points that were kept here, and samples that were put aside in their panel."""
        self.kept_menu.clear()
        for station in self.way.favourites:
            self.kept_menu.addAction(station.title).triggered.connect(partial(self._add, station))
        for item in () if self.run is None else self.run.favourites.items:
            self.kept_menu.addAction(f"sample {item.title}").triggered.connect(partial(self._encode, item))
        if self.kept_menu.isEmpty():
            self.kept_menu.addAction("Nothing is kept yet").setEnabled(False)

    # What the person does.

    def _add(self, station: Station, _: bool = False) -> None:
        if self.latent.known:
            self.way.add(station)

    def _encode(self, item: Item, _: bool = False) -> None:
        title = f"sample {item.title}"
        self.session.ask("encode", lambda answer: self._add(Station(answer["z"][0], title)), x=item.x[None])

    def _on_from_data(self) -> None:
        place = self._some_item()
        label, row = int(self.latent.labels[place]), int(self.latent.rows[place])
        known = 0 <= label < len(self.latent.levels)
        title = f"{self.latent.levels[label]}, item {row + 1}" if known else f"item {row + 1}"
        self._add(Station(self.latent.items[place], title, label=label))

    def _some_item(self) -> int:
        """A random item, of a class that the way does not lead through yet where there is one."""
        seen = [station.label for station in self.way.stations if station.label >= 0]
        fresh = np.flatnonzero(~np.isin(self.latent.labels, seen))
        return int(self._draw.choice(fresh if len(fresh) else len(self.latent.items)))

    def _on_from_prior(self) -> None:
        self._add(Station(self._draw.standard_normal(self.latent.latent_dim), "sample"))

    def _on_led(self, *_: object) -> None:
        self.way.lead("spherical" if self.how.currentIndex() == 0 else "linear", self.closed.isChecked())

    def _on_placed(self, share: float) -> None:
        if self.way.leads_somewhere:
            self.latent.go(self.way.at(share))

    def _write(self, path: Path, write: Any) -> None:
        self.session.pump.run(f"latent.export {path}", write, partial(self._on_written, path),
                              self.session.messages.show_error)

    def _on_written(self, path: Path, count: int) -> None:
        self.session.messages.show("info", f"Saved {count:,} items along the way as {path.name} in {path.parent}.")


def _write(run: Run, path: Path, moving: tuple[float, bool] | None, x: Array, watch: Watch) -> int:
    """Write items; `moving` says how many a second a GIF shows, and whether it turns back at its end."""
    if moving is not None:
        write_gif(path, x, *moving)
    elif path.suffix.lower() == ".png":
        write_strip(path, x)
    else:
        write_samples(path, run.preparation, x, np.full(len(x), -1))
    return len(x)


def _ending(kind: str) -> str:
    return kind.rpartition("*")[2].rstrip(")")


def _combo(name: str, title: str, words: Any) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title.partition(":")[0])
    combo.setToolTip(title)
    combo.addItems(list(words))
    return combo
