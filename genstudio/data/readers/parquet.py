"""Apache Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from genstudio.data.columns import Notes, likely_label, unique_names
from genstudio.data.reader import Reader, ReaderInfo, Watch, unwatched
from genstudio.data.readers._archive import refuse_oversized
from genstudio.data.readers._gather import arrow_kind, gather
from genstudio.data.table import Table
from genstudio.data.words import MISSING, spellings
from genstudio.errors import DataError
from genstudio.settings import Settings as BaseSettings

_MAGIC = b"PAR1"
_BATCH_ROWS = 1 << 16
_BATCH_CELLS = 1 << 20


class ParquetReader(Reader):
    """Reads batch by batch; columns within structures become columns of their own."""

    info: ClassVar[ReaderInfo] = ReaderInfo("parquet", "Parquet", (".parquet", ".pq"), order=30)

    class Settings(BaseSettings):
        """Nothing to choose: the file says it all."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether the head has the format's mark."""
        return head.startswith(_MAGIC)

    def detect(self, path: Path) -> ParquetReader.Settings:
        """The only settings there are."""
        return self.Settings()

    def read(self, path: Path, settings: ParquetReader.Settings, watch: Watch = unwatched) -> Table:
        """The file as a table; columns of lists and bytes are left out, and a note says so.

        Raises:
            DataError: a damaged or encrypted file, no rows, or nothing that a table can hold.
            Cancelled: raised by `watch`.
        """
        try:
            with pq.ParquetFile(path, memory_map=False) as file:
                return _table(path.name, file, watch)
        except MemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            raise DataError(
                f"{path.name} is no whole Parquet file: it is damaged, cut short or encrypted.",
                "Get a fresh copy of the file.",
            ) from error


def _table(name: str, file: pq.ParquetFile, watch: Watch) -> Table:
    total = file.metadata.num_rows
    if not total or not file.schema_arrow:
        raise DataError(f"{name} has no rows.", "Choose a file that holds some.")
    notes = Notes()
    refuse_oversized(name, 8.0 * total * file.metadata.num_columns)
    fields = _flat(pa.Table.from_batches([], file.schema_arrow)).schema
    kept = [place for place, field in enumerate(fields) if _readable(field.type)]
    dropped = [field.name for field in fields if not _readable(field.type)]
    if not kept:
        raise DataError(f"{name} has no column of numbers or words.", "Choose a file with plain columns.")
    if dropped:
        notes.add("Lists and bytes cannot be read as a column; left out: {columns}.", *dropped)
    names = unique_names([fields.field(place).name for place in kept], notes)

    def pieces(places: Sequence[int] | None) -> Iterator[list[pa.Array]]:
        chosen = kept if places is None else [kept[place] for place in places]
        done = 0
        for batch in file.iter_batches(min(_BATCH_ROWS, max(_BATCH_CELLS // len(names), 1)), use_threads=False):
            flat = _flat(pa.Table.from_batches([batch]))
            done += len(batch)
            watch(done / total, f"Reading {name}")
            yield [_plain(flat.column(place), words=places is not None) for place in chosen]

    columns = gather(names, pieces, notes, spellings(MISSING))
    return Table(name, tuple(columns), likely_label(columns), notes=notes.sentences())


def _flat(table: pa.Table) -> pa.Table:
    while any(pa.types.is_struct(field.type) and field.type.num_fields for field in table.schema):
        table = table.flatten()
    return table


def _readable(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return arrow_kind(kind) is not None or bool(pa.types.is_null(kind))


def _plain(column: pa.ChunkedArray, words: bool) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_dictionary(array.type) and arrow_kind(array.type) is None:
        array = array.dictionary_decode()
    return array.cast(pa.string()) if words else array
