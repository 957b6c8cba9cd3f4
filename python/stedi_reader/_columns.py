"""The columns that the records of a feed must fit."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Union

import pyarrow as pa

from ._library import TYPES

_OF_ARROW = {pa.string(): "STRING", pa.large_string(): "STRING", pa.int64(): "BIGINT", pa.int32(): "INT",
             pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a feed.

    name: lower case; keys of records match in any case.
    type: STRING, BIGINT (64 bits), INT (32 bits), DOUBLE or BOOLEAN.
    not_null: a record without a value is rejected.
    empty_is_null: the empty string counts as null.
    """
    name: str
    type: str = "STRING"
    not_null: bool = False
    empty_is_null: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", _type_name(self.type))


Columns = Union[pa.Schema, Mapping[str, Any], Iterable[Union[Column, Mapping[str, Any], "tuple[str, Any]"]]]


def _type_name(kind: Any) -> str:
    name = _OF_ARROW.get(kind) if isinstance(kind, pa.DataType) else str(kind).upper()
    if name not in TYPES:
        raise ValueError(f"{kind} is no type of a column of a feed: use {', '.join(TYPES)}")
    return name


def columns_of(columns: Columns) -> list[Column]:
    """Returns the columns that a caller has given: a pyarrow.Schema, a mapping of names to types, or a list of Column,
    mappings with the fields of Column, or pairs of name and type. Raises ValueError."""
    if isinstance(columns, pa.Schema):
        return [Column(field.name, field.type, not_null=not field.nullable) for field in columns]
    if isinstance(columns, Mapping):
        return [Column(name, kind) for name, kind in columns.items()]
    found = []
    for column in columns:
        if isinstance(column, Column):
            found.append(column)
        elif isinstance(column, Mapping):
            fields = {field.name for field in dataclasses.fields(Column)}
            found.append(Column(**{key: value for key, value in column.items() if key in fields}))
        else:
            found.append(Column(*column))
    return found
