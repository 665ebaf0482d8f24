"""Plain text: told apart from tables, and read as sequences of characters or words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genstudio.data.files import detect_settings, open_raw
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.readers import _archive, _symbols
from genstudio.data.sequences import Sequences, bounds
from genstudio.data.table import ColumnType, Table
from genstudio.errors import Cancelled, DataError
from tests.data.outcomes import read_or_refused

POEM = """The cat sat, the cat ran.
Nobody saw it!

Where it went,
no one could tell;
nor why.
"""


def written(folder: Path, text: str | bytes, name: str = "poem.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def opened(path: Path, **chosen: Any) -> Sequences:
    found = open_raw(path, chosen)
    assert isinstance(found, Sequences)
    assert found.columns[0].type is ColumnType.CATEGORY
    return found


def told(found: Sequences) -> list[list[str]]:
    """The symbols of each sequence."""
    levels, codes, edges = found.columns[0].levels, found.columns[0].values.astype(int), bounds(found.lengths)
    return [[levels[code] for code in codes[a:b]] for a, b in pairwise(edges)]


def test_prose_is_read_as_characters_paragraph_by_paragraph(tmp_path: Path) -> None:
    found = opened(written(tmp_path, POEM))
    assert found.names == ("character",)
    first, second = ("".join(symbols) for symbols in told(found))
    assert first == "The cat sat, the cat ran. Nobody saw it!".replace(" ", "␣")
    assert second == "Where it went, no one could tell; nor why.".replace(" ", "␣")
    assert list(found.columns[0].levels) == sorted(set(first + second), key=lambda c: " " if c == "␣" else c)


@pytest.mark.parametrize(
    ("units", "firsts"),
    [("lines", ["The", "Nobody", "Where", "no", "nor"]), ("paragraphs", ["The", "Where"]), ("whole", ["The"])],
)
def test_sequences_end_where_it_is_said(tmp_path: Path, units: str, firsts: list[str]) -> None:
    found = opened(written(tmp_path, POEM), units=units, symbols="words")
    assert found.names == ("word",)
    assert [words[0] for words in told(found)] == firsts


def test_words_keep_their_apostrophes_and_signs_are_words(tmp_path: Path) -> None:
    found = opened(written(tmp_path, "Don't mind - it's well-known.\n¡Día 3!\n"), symbols="words")
    assert told(found) == [["Don't", "mind", "-", "it's", "well-known", "."], ["¡", "Día", "3", "!"]]


def test_capitals_can_be_made_small_and_rare_symbols_be_put_together(tmp_path: Path) -> None:
    path = written(tmp_path, "Aa bB aab\nabc")
    found = opened(path, holds="symbols", lower_case=True, vocabulary=3)
    assert told(found) == [list("aa…bb…aab"), list("ab…")]
    assert any("2 most frequent" in note for note in found.notes)


@pytest.mark.parametrize("name", ["names.txt", "names.text"])
def test_a_name_a_line_is_prose(tmp_path: Path, name: str) -> None:
    assert told(opened(written(tmp_path, "Ada\nGrace\nSofia\n", name))) == [list("Ada"), list("Grace"), list("Sofia")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada\nGrace\nSofia\n", "names.csv"), ("sun\nrain\nsun\nsun\nrain\n", "days.txt"),
        ("name age\nAda 36\nGrace 85\n", "people.txt"), ("x\n1\n2\n3\n", "x.txt"),
        ("name,town\nAda,London\nGrace,Arlington\n", "towns.txt"), ("a\tb\nx y\tz\nu v w\tt\n", "tabs.txt"),
    ],
)
def test_tables_stay_tables(tmp_path: Path, text: str, name: str) -> None:
    found = open_raw(written(tmp_path, text, name))
    assert isinstance(found, Table)
    assert not isinstance(found, Sequences)


def test_a_person_may_say_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path, "Ada\nGrace\nSofia\n")
    assert detect_settings(path).model_dump()["holds"] == "symbols"
    assert not isinstance(open_raw(path, {"holds": "table"}), Sequences)
    assert len(told(opened(written(tmp_path, "a,b\n1,2\n", "t.csv"), holds="symbols"))) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    found = opened(written(tmp_path, "Größe und Maß\r\nder schönen Dinge, über alle Maßen\r\n".encode(encoding)))
    assert "".join(told(found)[0]) == "Größe␣und␣Maß"
    assert len(found.lengths) == 2


def test_letters_that_do_not_fit_are_shown_and_counted(tmp_path: Path) -> None:
    found = opened(written(tmp_path, b"some words \xff\xfe here, and more\nthan one line\n"), encoding="utf-8")
    assert any("2 letters do not fit" in note for note in found.notes)


def test_a_model_learns_the_codes(tmp_path: Path) -> None:
    found = opened(written(tmp_path, POEM), units="lines")
    data = prepare(found, PreparationSettings(valid=0, test=0), 0)
    np.testing.assert_array_equal(data.train[:, 0], found.columns[0].values)
    assert data.preparation.columns[0].levels == found.columns[0].levels


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"far more words than zeros, " * 9 + b"\0", "zero bytes"), (b" \n\n \n", "no letters")]
)
def test_what_is_no_text_is_refused_in_words(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        opened(written(tmp_path, content), holds="symbols", encoding="utf-8")


def test_texts_that_would_fill_the_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_archive, "MOST_BYTES", 100)
    with pytest.raises(DataError, match="memory"):
        opened(written(tmp_path, POEM))


def test_reading_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_symbols, "_PIECE_BYTES", 10)
    path = written(tmp_path, POEM)
    shares: list[float] = []
    open_raw(path, watch=lambda fraction, doing: shares.append(fraction))
    assert shares == sorted(shares)
    assert len(shares) > 5

    def stop(fraction: float, doing: str) -> None:
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_raw(path, watch=stop)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(st.text(min_size=1).map(lambda text: text.encode("utf-8", "replace")), st.binary(min_size=1)),
    symbols=st.sampled_from(["characters", "words"]), units=st.sampled_from(["lines", "paragraphs", "whole"]),
)
def test_no_text_makes_it_raise_anything_but_a_sentence(
    tmp_path: Path, content: bytes, symbols: str, units: str
) -> None:
    read_or_refused(written(tmp_path, content), holds="symbols", symbols=symbols, units=units)
