"""CSV, TSV and other delimited text; and plain text, whose characters or words are symbols in a row."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from genstudio.data.columns import likely_label
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._gather import gather
from genstudio.data.readers._layout import Layout, detect_layout
from genstudio.data.readers._records import Records
from genstudio.data.readers._symbols import SymbolSettings, is_prose, read_symbols, units_of
from genstudio.data.readers._text import HEAD_BYTES, head_text, is_text
from genstudio.data.table import Table
from genstudio.data.words import MISSING, spellings
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings
from genstudio.settings import setting

Encoding = Literal[
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "iso8859-15", "cp1250", "cp1251",
    "cp437", "mac-roman", "shift_jis", "gb18030", "big5", "euc-kr",
]

_PLAIN = (".txt", ".text")


class DelimitedReader(Reader):
    """Reads text block by block, so that memory holds the numbers and one block of text; prose becomes symbols."""

    info: ClassVar[ReaderInfo] = ReaderInfo(
        "delimited", "Delimited text", (".csv", ".tsv", ".txt", ".tab", ".dat", ".data", ".asc", ".text"),
        order=90,
    )

    class Settings(BaseSettings):
        """How the text is cut into cells."""

        separator: Literal[",", ";", "|", "tab", "space"] = setting(
            ",", "What stands between two cells. Several spaces in a row count as one."
        )
        decimal: Literal[".", ","] = setting(".", "What stands between the whole part of a number and its fraction.")
        encoding: Encoding = setting("utf-8", "How letters are stored; wrong where accents look odd.")
        header: bool = setting(True, "Whether the first line names the columns.")
        skip_rows: int = setting(0, "Lines above the header, or above the first row, to pass over.", ge=0, unit="lines")
        comment: str = setting("", "Lines that begin with this are passed over; empty when there are none.")
        missing_words: tuple[str, ...] = setting(
            MISSING, "Words that stand for a missing value, in any letter case."
        )
        holds: Literal["table", "symbols"] = setting(
            "table", "What the text holds: a table of cells, or prose, of which a model learns the order of symbols."
        )
        symbols: Literal["characters", "words"] = setting(
            "characters", "What a symbol of prose is; ␣ stands for a space.", advanced=True
        )
        units: Literal["lines", "paragraphs", "whole"] = setting(
            "lines", "What a sequence of prose is: a line, the lines up to an empty one, or the whole text.",
            label="Sequences", advanced=True,
        )
        lower_case: bool = setting(False, "Take capital letters of prose for small ones.", advanced=True)
        vocabulary: int = setting(
            1000, "Symbols of prose that are told apart; … stands for the others, which are rarer.", ge=2, le=100_000,
            log=True, advanced=True,
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the head is text."""
        return is_text(head)

    def detect(self, path: Path) -> DelimitedReader.Settings:
        """Encoding, separator, decimal sign, header, titles above it and comments, from the first lines."""
        _refuse_binary(path)
        text, encoding = head_text(path)
        if path.suffix.lower() in _PLAIN and is_prose(text):
            return self.Settings.model_validate({"encoding": encoding, "holds": "symbols", "units": units_of(text)})
        return self.Settings.model_validate({"encoding": encoding, **vars(detect_layout(text))})

    def read(self, path: Path, settings: DelimitedReader.Settings, watch: Watch = unwatched) -> Table:
        """The file as a table, rows shorter than the header filled up with missing values; or as sequences of symbols.

        Raises:
            DataError: no rows, rows wider than the header, an open quote, bytes that are no text; with the line.
            Cancelled: raised by `watch`.
        """
        _refuse_binary(path)
        if settings.holds == "symbols":
            chosen = SymbolSettings(settings.symbols, settings.units, settings.lower_case, settings.vocabulary)
            return read_symbols(path, settings.encoding, chosen, watch)
        layout = Layout(
            settings.separator, settings.decimal, settings.header, settings.skip_rows, settings.comment
        )
        records = Records(path, layout, settings.encoding, spellings(["", *settings.missing_words]), watch)
        columns = gather(records.names, records.pieces, records.notes, records.missing, layout.decimal)
        if not len(columns[0].values):
            raise DataError(
                f"{path.name} has a header but no rows below it.",
                "Choose a file with rows, or say that it has no header.",
            )
        watch(1.0, f"Read {path.name}")
        notes = records.ragged_notes() + records.notes.sentences()
        return Table(path.name, tuple(columns), likely_label(columns), notes=notes)


def _refuse_binary(path: Path) -> None:
    with path.open("rb") as file:
        if not is_text(file.read(HEAD_BYTES)):
            raise DataError(
                f"{path.name} holds binary data, not text.", "Choose a text file, or export the table as CSV first."
            )
