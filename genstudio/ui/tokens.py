"""The one table of colours. Palette, style sheet, icons and plots all read it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """Colours of one theme, as `#rrggbb`.

    Arguments:
        background: behind docks and menus; `surface` is a card on it, `raised` a hovered or popped-up thing,
            `sunken` the inside of an editor.
        border: between things; `border_strong` where it must be seen (editors, checks).
        accent: the one bright colour; `accent_soft` marks what is selected or checked.
        series: eight colours that stay apart for colour-blind eyes (after Okabe and Ito, tuned to the ground).
        colormap: pyqtgraph's name of a perceptually uniform map; `reverse` where much must be dark.
        diverging: the same of one whose middle is the ground's lightness.
    """

    name: str
    background: str
    surface: str
    raised: str
    sunken: str
    border: str
    border_strong: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    accent_text: str
    success: str
    warning: str
    danger: str
    danger_soft: str
    plot: str
    grid: str
    axis: str
    contour: str
    point: str
    boundary: str
    series: tuple[str, ...]
    colormap: str
    reverse: bool
    diverging: str


DARK = Tokens(
    name="dark", background="#1b1e25", surface="#22262e", raised="#2b303a", sunken="#171a20", border="#31363f",
    border_strong="#454c58", text="#e4e8ee", muted="#9aa3b2", disabled="#5d6675", accent="#3d7bf0",
    accent_hover="#5990fa", accent_pressed="#3168d4", accent_soft="#263a5e", accent_text="#ffffff",
    success="#3fb27f", warning="#e0a030", danger="#f2777a", danger_soft="#43262c", plot="#15181c", grid="#3a404b",
    axis="#8b94a3", contour="#f3eee6", point="#e9edf3", boundary="#5fe3c0",
    series=("#5b9bff", "#f0a030", "#38c59a", "#f07a5a", "#d58fd0", "#f0e060", "#7fd0f5", "#b0b8c4"),
    colormap="magma", reverse=False, diverging="CET-D4",
)

LIGHT = Tokens(
    name="light", background="#f2f4f8", surface="#ffffff", raised="#e8ecf3", sunken="#ffffff", border="#dce1e8",
    border_strong="#c1c9d4", text="#1b1f27", muted="#5f6979", disabled="#a4adba", accent="#2f6fed",
    accent_hover="#2560d6", accent_pressed="#1c50ba", accent_soft="#dce8fe", accent_text="#ffffff",
    success="#1a8f5a", warning="#a96500", danger="#c93338", danger_soft="#fdeaea", plot="#ffffff", grid="#d3d9e2",
    axis="#667080", contour="#2a2238", point="#232a36", boundary="#007a5e",
    series=("#2466d8", "#c96a00", "#008a64", "#c8432b", "#a5509e", "#8a7a00", "#2293c4", "#5c6573"),
    colormap="plasma", reverse=True, diverging="CET-D1",
)
