"""Cutting text into whole records."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genstudio.data.columns import Notes
from genstudio.data.readers._text import blocks, detect_encoding, is_text, open_quote, record_end


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0), (b"1,2", 0), (b"1,2\n", 4), (b"1,2\n3", 4), (b"1\r\n2", 3), (b"1\r", 0), (b"1\r2", 2),
        (b'"a\nb', 0), (b'1\n"a\nb', 2), (b'"a\nb"\n', 6), (b'"a""\nb"\n1', 8), (b'5" x\n6', 5), (b'1,5"\n"a\n', 5),
        (b'""\n"', 3), (b'"a"b"\n', 6),
    ],
)  # fmt: skip
def test_records_end_at_line_ends_outside_of_quotes(data: bytes, end: int) -> None:
    assert record_end(data, ",") == end


@given(st.text(alphabet='a,"\n\r', max_size=40))
def test_quotes_are_seen_as_the_csv_module_sees_them(text: str) -> None:
    end = record_end(text.encode(), ",")
    whole = list(csv.reader(io.StringIO(text, newline="")))
    head = list(csv.reader(io.StringIO(text[:end], newline="")))
    rest = list(csv.reader(io.StringIO(text[end:], newline="")))
    assert head + rest == whole


@given(st.text(alphabet='a,"\n', max_size=60), st.integers(1, 20))
def test_blocks_join_to_the_text_and_know_their_lines(
    tmp_path_factory: pytest.TempPathFactory, text: str, size: int
) -> None:
    if open_quote(text.encode(), ",") >= 0:
        return
    path = tmp_path_factory.getbasetemp() / "blocks.csv"
    path.write_text(text, newline="")
    found = list(blocks(path, "utf-8", ",", size, Notes()))
    assert b"".join(block.data for block in found).decode() == text
    begun = ""
    for block in found:
        assert block.line == begun.count("\n") + 1
        begun += block.data.decode()


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"),
     ("cp1252", "cp1252")],
)  # fmt: skip
def test_encodings_are_told_from_the_bytes(encoding: str, found: str) -> None:
    head = "größe;x\n1,5;2\n".encode(encoding)
    assert detect_encoding(head) == found
    assert is_text(head)


def test_bytes_that_windows_lacks_are_latin_1() -> None:
    assert detect_encoding(b"x,\x81\xff\n") == "latin-1"


def test_a_letter_cut_at_the_end_of_the_look_is_no_mistake() -> None:
    assert detect_encoding("größe".encode()[:3]) == "utf-8"
