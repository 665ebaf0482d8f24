"""Figures of several runs as text to be pasted, and as CSV to be saved."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from genstudio.atomic import write_text
from genstudio.runs.export import harmless
from genstudio.runs.figures import Row, figure_text, number_text


def text_of(rows: Sequence[Row], names: Sequence[str]) -> str:
    """A line each metric, between tabs: title, unit, which way is better, what the truth reaches, and each run.

    Arguments:
        names: of the runs.
    """
    lines = [["Metric", "Unit", "Better", "Truth", *names]]
    for row in rows:
        values = ["–" if figure is None else figure_text(figure) for figure in row.figures]
        lines.append([row.info.title, row.info.unit, row.info.better, number_text(row.ideal), *values])
    return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines) + "\n"


def csv_of(rows: Sequence[Row], names: Sequence[str]) -> str:
    """The same as CSV with all digits; each run has columns for value, standard error and n."""
    parts = [part for name in names for part in (name, f"{name} stderr", f"{name} n")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([harmless(cell) for cell in ("metric", "unit", "better", "ideal", *parts)])
    for row in rows:
        numbers = [(figure or {}).get(part) for figure in row.figures for part in ("value", "stderr", "n")]
        known = ["" if number is None else repr(number) for number in (row.ideal, *numbers)]
        writer.writerow([row.info.key, row.info.unit, row.info.better, *known])
    return text.getvalue()


def write_figures(path: Path, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Figures as CSV.

    Raises:
        ArchiveError: the file cannot be written.
    """
    write_text(path, csv_of(rows, names))
