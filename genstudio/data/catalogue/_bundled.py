"""Tables that come with the program as small CSV files."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence

import numpy as np

from genstudio.data.table import Column, ColumnType, Table
from genstudio.resources import resource


def bundled_table(
    name: str, file_name: str, categories: Collection[str] = (), label: str | None = None, dates: Collection[str] = ()
) -> Table:
    """A bundled CSV file as a table.

    Arguments:
        name: what the table is called.
        file_name: file under `resources/data`, with a header; an empty cell is a missing value.
        categories: columns that hold words; the others hold numbers.
        label: the column that names a class.
        dates: columns that hold days, as 2012-01-31.
    """
    with resource("data", file_name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    cells = zip(*rows, strict=True)
    columns = []
    for column, words in zip(header, cells, strict=True):
        make = _category if column in categories else _date if column in dates else _number
        columns.append(make(column, words))
    return Table(name, tuple(columns), label)


def _number(name: str, words: Sequence[str]) -> Column:
    return Column(name, ColumnType.NUMBER, np.array([float(word) if word else np.nan for word in words]))


def _category(name: str, words: Sequence[str]) -> Column:
    levels = tuple(sorted(set(words) - {""}))
    codes = {level: float(code) for code, level in enumerate(levels)}
    return Column(name, ColumnType.CATEGORY, np.array([codes.get(word, np.nan) for word in words]), levels)


def _date(name: str, words: Sequence[str]) -> Column:
    seconds = np.array(words, dtype="datetime64[s]").astype(np.int64)
    return Column(name, ColumnType.DATE, seconds.astype(np.float64))
