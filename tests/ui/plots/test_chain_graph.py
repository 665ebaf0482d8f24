from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage

from genstudio.runs.chain_hand import textbook
from genstudio.ui.plots.chain_graph import ChainGraph
from genstudio.ui.plots.chain_layout import arrow_head, chain_layout
from genstudio.ui.plots.emission_curves import EmissionCurves
from genstudio.ui.plots.matrix_view import MatrixView
from genstudio.ui.theme import Theme

SIZES = [(400.0, 300.0), (900.0, 260.0), (180.0, 160.0)]


@pytest.fixture
def graph(show_alone: Callable[..., Any], theme: Theme) -> ChainGraph:
    found = show_alone(ChainGraph(theme, "graph"), 420, 360)
    found.set_chain(textbook()["startprob"], textbook()["transmat"], ("rain", "2", "3"), {1: "#ff00ff"})
    return found


def seen(widget: Any) -> QImage:
    return widget.grab().toImage()


def inked(image: QImage, ground: QColor) -> int:
    """Pixels of another colour than the ground's."""
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint32)
    return int((pixels & 0xFFFFFF != ground.rgb() & 0xFFFFFF).sum())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 3, 8, 30])
def test_everything_lies_within_the_picture(count: int, size: tuple[float, float]) -> None:
    layout = chain_layout(count, *size)
    for arrow in (layout.arrow(i, j) for i in range(count) for j in range(count)):
        for points in (arrow.path, arrow.label[None]):
            assert (points >= 0).all()
            assert (points <= size).all()
    for state, (x, y) in enumerate(layout.centres):
        assert layout.state_at(x, y) == state
    assert layout.state_at(-50.0, -50.0) == -1


def test_arrows_of_a_pair_lie_apart_and_end_at_the_rims() -> None:
    layout = chain_layout(2, 400, 300)
    there, back = layout.arrow(0, 1), layout.arrow(1, 0)
    assert np.hypot(*(there.label - back.label)) > 15
    for arrow in (there, back):
        assert np.hypot(*(arrow.path[0] - layout.centres[arrow.source])) == pytest.approx(layout.radius, abs=4)
        assert np.hypot(*(arrow.path[-1] - layout.centres[arrow.target])) == pytest.approx(layout.radius, abs=4)
    tip, *corners = arrow_head(there.path, 8.0)
    np.testing.assert_array_equal(tip, there.path[-1])
    assert all(0 < np.hypot(*(corner - tip)) <= 10 for corner in corners)


def test_what_is_likelier_is_drawn_with_more_ink(graph: ChainGraph, theme: Theme) -> None:
    ground = QColor(theme.tokens.plot)
    full = inked(seen(graph), ground)
    graph.set_chain(textbook()["startprob"], np.full((3, 3), 0.01))
    faint = inked(seen(graph), ground)
    graph.set_chain(textbook()["startprob"], np.zeros((3, 3)))
    assert full > faint > inked(seen(graph), ground)


def test_states_have_the_names_and_colours_that_a_person_gave(graph: ChainGraph) -> None:
    place = QPoint(*map(round, graph.centre_of(1))) - QPoint(12, 0)
    assert seen(graph).pixelColor(place) == QColor("#ff00ff")
    assert graph.accessibleDescription().startswith("State rain begins with 0.6 and lasts 3.33 steps on average")
    graph.set_chain([1.0], [[1.0]])
    assert "for ever" in graph.accessibleDescription()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures_and_numbers_are_written(graph: ChainGraph, theme: Theme, tmp_path: Path, mode: str) -> None:
    theme.set_mode(mode)
    matrix = MatrixView(theme, "matrix", "Transitions")
    matrix.set_values(textbook()["transmat"])
    for widget in (graph, matrix):
        for ending in ("png", "svg", "csv", "npz"):
            path = tmp_path / f"{widget.objectName()}.{ending}"
            widget.export(path)
            assert path.stat().st_size > 40
    assert "<image" not in (tmp_path / "graph.svg").read_text(), "arrows are vectors"
    with np.load(tmp_path / "graph.npz") as arrays:
        np.testing.assert_array_equal(arrays["transmat"], textbook()["transmat"])
    matrix.deleteLater()


def test_each_cell_of_a_matrix_tells_its_number(show_alone: Callable[..., Any], theme: Theme) -> None:
    matrix = show_alone(MatrixView(theme, "matrix", "Emissions", to_states=False), 300, 240)
    matrix.set_values([[0.9, 0.1], [0.25, 0.75]], ("<b>a</b>", "b"))
    places = {matrix.cell_at(x, y) for x in range(0, 300, 5) for y in range(0, 240, 5)}
    assert places == {(-1, -1), (0, 0), (0, 1), (1, 0), (1, 1)}
    assert "2: 0.25, 0.75" in matrix.accessibleDescription()
    dark, bright = (seen(matrix).pixelColor(*spot) for spot in ((40, 60), (250, 60)))
    assert dark != bright
    matrix.set_values(np.full((300, 40), 1 / 40))
    assert seen(matrix).width() == 300


def test_curves_of_states_lie_over_the_histogram(show_alone: Callable[..., Any], theme: Theme) -> None:
    curves = show_alone(EmissionCurves(theme, "curves"), 400, 300)
    values = np.random.default_rng(0).normal(size=500)
    curves.set_values(values, "x")
    x = np.linspace(-4, 4, 50)
    for count in (3, 1, 2):
        curves.set_densities(x, np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) / count * np.ones((count, 1)))
        assert curves.arrays()["density"].shape == (50, count)
    area = (curves.arrays()["height"] * np.diff(curves.arrays()["edges"])).sum()
    assert area == pytest.approx(1)
