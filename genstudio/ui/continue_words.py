"""What is said of forecasts, gaps and sampled sequences in words. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.runs.whole_series import TEST, TRAIN, UNUSED, VALID
from genstudio.ui.data_views.cells import shortened

Array = NDArray[Any]

MOST_LETTERS = 90
MOST_NAMED = 3
"""So many columns have each their own figures in a sentence; of more the whole is told."""
LAST, LINE = "the last value repeated", "a straight line"
ROW_BEFORE = "the row before"
NO_DATA = "The data of this run are not at hand, so that there is nothing to go on with. Open them again."
NOTHING_MISSING = "Nothing is missing. Switch Mark on and drag over the series to hide a stretch, and see it filled."
UNKNOWN = "What was there is not known: hide a stretch that is, to compare."
_USES = {TRAIN: "learned from", VALID: "held out for validation", TEST: "held out for the test", UNUSED: "never used"}


def accuracy(names: Sequence[str], symbols: Sequence[bool], answer: Mapping[str, Array], plain: str) -> str:
    """How far an answer is from the truth, beside a plain guess; "" where nothing is known.

    Arguments:
        names: of the columns; `symbols`: which of them hold codes of words.
        answer: of the questions `forecast` and `filled`.
        plain: what the plain guess is.
    """
    known = np.flatnonzero(answer["n"]).tolist()
    if not known:
        return ""
    if len(known) <= MOST_NAMED:
        parts = [_column(names[i] if len(names) > 1 else "", symbols[i], answer, i, plain) for i in known]
        errors = ". ".join(parts)
    else:
        better = int((answer["rmse"][known] < answer["plain_rmse"][known]).sum())
        errors = f"RMSE below that of {plain} in {better} of {len(known)} columns"
    return f"{errors}. {_coverage(answer, known)}"


def use_words(use: Array) -> str:
    """What rows were used for: "Rows held out for the test."; "" where there are none."""
    found = [_USES[int(code)] for code in np.unique(use)]
    if not found:
        return ""
    return f"These rows were {' and partly '.join(found)}."


def forecast_words(names: Sequence[str], symbols: Sequence[bool], answer: Mapping[str, Array], use: Array) -> str:
    """A forecast in a sentence or three.

    Arguments:
        use: of the rows that are forecast and known, shape (M,), as `runs.whole_series` has it.
    """
    said = accuracy(names, symbols, answer, ROW_BEFORE if answer["each"] else LAST)
    return f"{said} {use_words(use)}" if said else "Beyond the end of the series: nothing to compare with."


def gap_words(names: Sequence[str], symbols: Sequence[bool], answer: Mapping[str, Array]) -> str:
    """What fills gaps in a sentence or three."""
    rows = len(answer["row"])
    if not rows:
        return NOTHING_MISSING
    said = accuracy(names, symbols, answer, "the nearest value" if all(symbols) else LINE)
    missing = f"{rows:,} row{'s' * (rows != 1)} with {int(answer['missing'].sum()):,} missing values."
    return f"{missing} {said or UNKNOWN}"


def likeness_words(names: Sequence[str], symbols: Sequence[bool], answer: Mapping[str, Array]) -> str:
    """In what sampled sequences are like real ones; columns of symbols have no such figures."""
    numbers = [place for place, symbol in enumerate(symbols) if not symbol]
    if not numbers:
        return ""
    parts = [_likeness(names[place], answer, place) for place in numbers[:MOST_NAMED]]
    more = " …" if len(numbers) > MOST_NAMED else ""
    real = " (real ones in brackets)" if "real_figures" in answer else ""
    return f"Sampled{real}: {'; '.join(parts)}{more}."


def spelled(levels: Sequence[str], answer: Mapping[str, Array]) -> str:
    """The first sampled symbols, and the first real ones, as they are read.

    Arguments:
        levels: what the codes of the first column stand for.
    """
    lines = [f"Sampled: {_spelled(levels, answer['x'][:, 0])}"]
    if "real_x" in answer:
        lines.append(f"Real: {_spelled(levels, answer['real_x'][:, 0])}")
    return "\n".join(lines)


def _spelled(levels: Sequence[str], codes: Array) -> str:
    between = "" if max(map(len, levels)) == 1 else " "
    text, most = "", MOST_LETTERS
    for code in codes[:most].tolist():
        text += ("?" if np.isnan(code) else levels[int(code)]) + between
    return shortened(text.strip(), most)


def _likeness(name: str, answer: Mapping[str, Array], place: int) -> str:
    titles = (f"{name} mean", "deviation", "correlation with the next value")
    return ", ".join(
        f"{title} {_short(float(answer['figures'][row, place]))}{_real(answer, row, place)}"
        for row, title in enumerate(titles)
    )


def _real(answer: Mapping[str, Array], row: int, place: int) -> str:
    return f" ({_short(float(answer['real_figures'][row, place]))})" if "real_figures" in answer else ""


def _column(name: str, symbol: bool, answer: Mapping[str, Array], place: int, plain: str) -> str:
    error, beside = float(answer["rmse"][place]), float(answer["plain_rmse"][place])
    lead = f"{name}: " if name else ""
    if symbol:
        return f"{lead}{100 * error:.0f} % of symbols wrong; {plain}: {100 * beside:.0f} %"
    return f"{lead}RMSE {_short(error)}; {plain}: {_short(beside)}"


def _coverage(answer: Mapping[str, Array], known: Sequence[int]) -> str:
    n = answer["n"][known]
    half, most = (answer["coverage"][:, known] * n).sum(axis=1)
    total = int(n.sum())
    return (f"Of {total:,} known value{'s' * (total != 1)} the 90 % band holds {round(float(most)):,} "
            f"({100 * most / total:.0f} %), the 50 % band {round(float(half)):,} ({100 * half / total:.0f} %).")


def _short(number: float) -> str:
    return f"{number:.3g}".replace("-", "−") if np.isfinite(number) else "–"
