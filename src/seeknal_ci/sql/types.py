"""Column types in one spelling, and which changes of type lose nothing."""

from __future__ import annotations

import re
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# Names that the YAML of real projects uses and SQL does not. `float` means double precision to
# PostgreSQL, Python and pandas; reading it as DuckDB's 32-bit FLOAT would round amounts.
SPELLINGS = {
    "string": "VARCHAR",
    "str": "VARCHAR",
    "object": "VARCHAR",
    "float": "DOUBLE",
    "float64": "DOUBLE",
    "float32": "FLOAT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "long": "BIGINT",
    "number": "DOUBLE",
    "datetime": "TIMESTAMP",
    "bool": "BOOLEAN",
}

# DuckDB's own name where sqlglot prints another.
NAMES = {
    "INT": "INTEGER",
    "TEXT": "VARCHAR",
    "CHAR": "VARCHAR",
    "NCHAR": "VARCHAR",
    "NVARCHAR": "VARCHAR",
    "VARBINARY": "BLOB",
    "BINARY": "BLOB",
    "INT128": "HUGEINT",
    "UINT": "UINTEGER",
    "UINT128": "UHUGEINT",
    "TIMESTAMPNTZ": "TIMESTAMP",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMETZ": "TIME WITH TIME ZONE",
    "BIGDECIMAL": "DECIMAL",
    "ARRAY": "LIST",
}

# Of a DuckDB DECIMAL.
MOST_DIGITS = 38

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
FLOATS = ("FLOAT", "DOUBLE")

# What DuckDB has. sqlglot reads the types of thirty databases, and so takes words such as `name`,
# `money` or `year`, which are descriptions or mistakes here, for types.
PLAIN = frozenset(
    {
        *INTEGERS,
        *UNSIGNED,
        *FLOATS,
        "BIT",
        "BLOB",
        "BOOLEAN",
        "DATE",
        "GEOMETRY",
        "INTERVAL",
        "JSON",
        "TIME",
        "TIME WITH TIME ZONE",
        "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP_MS",
        "TIMESTAMP_NS",
        "TIMESTAMP_S",
        "UUID",
        "VARCHAR",
    }
)
NESTED = frozenset({"ENUM", "LIST", "MAP", "STRUCT", "UNION"})

# Nothing else is in a type, and so nothing else can end the cast in which it is parsed.
TYPE_TEXT = re.compile(r"""[\w\s(),."'\[\]]+""")


@cache
def canonical_type(text: str) -> str | None:
    """DuckDB's spelling of a type as a project writes it; None if it is no type."""
    known = SPELLINGS.get(text.strip().lower())
    if known is not None:
        return known
    if not TYPE_TEXT.fullmatch(text):
        return None
    if any(text.count(one) != text.count(other) for one, other in ("()", "[]")):
        return None  # sqlglot forgives a bracket that is not closed
    try:
        # As a type alone, `date of the order` would be read up to its first word.
        cast = sqlglot.parse_one(f"CAST(NULL AS {text})", dialect="duckdb")
        more = {key for key, value in cast.args.items() if value} - {"this", "to"}
        return type_name(cast.to) if isinstance(cast, exp.Cast) and not more else None
    except (SqlglotError, RecursionError):
        return None


def type_name(data_type: exp.DataType | None) -> str | None:
    """DuckDB's spelling of a type; None where sqlglot could not work it out."""
    if data_type is None:
        return None
    base = str(data_type.this.value if hasattr(data_type.this, "value") else data_type.this)
    name = NAMES.get(base, base)
    inner = data_type.expressions
    if name == "VARCHAR":
        return name  # DuckDB reads and forgets the length
    if name == "DECIMAL":
        return _decimal_name(inner)
    if name in NESTED and inner:
        return _nested(name, inner, data_type.args.get("values"))
    return name if name in PLAIN and not inner else None


def _decimal_name(parameters: list[exp.Expr]) -> str | None:
    if not parameters:
        return "DECIMAL(18,3)"
    digits = [parameter.name for parameter in parameters]
    if not all(digit.isdigit() for digit in digits):
        return None
    precision, scale = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    if not 0 < precision <= MOST_DIGITS or scale > precision:
        return None
    return f"DECIMAL({precision},{scale})"


def _nested(name: str, inner: list[exp.Expr], length: list[exp.Expr] | None) -> str | None:
    parts: list[str] = []
    for item in inner:
        if isinstance(item, exp.DataType):
            part = type_name(item)
        elif isinstance(item, exp.ColumnDef):
            kind = type_name(item.args.get("kind"))
            part = None if kind is None else f"{item.this.sql('duckdb')} {kind}"
        else:
            part = item.sql("duckdb")
        if part is None:
            return None
        parts.append(part)
    if name == "LIST":
        return f"{parts[0]}[{length[0].name if length else ''}]"
    return f"{name}({', '.join(parts)})"


def is_widening(before: str, after: str) -> bool:
    """True if every value of `before` is exactly a value of `after`, of the same family."""
    for family in (INTEGERS, UNSIGNED, FLOATS):
        if before in family and after in family:
            return family.index(before) < family.index(after)
    if before in UNSIGNED and after in INTEGERS:
        return UNSIGNED.index(before) + 1 <= INTEGERS.index(after)
    old, new = _decimal(before), _decimal(after)
    if old is not None and new is not None:
        return old != new and new[1] >= old[1] and new[0] - new[1] >= old[0] - old[1]
    return False


def takes_its_place(before: str, after: str) -> bool:
    """True if what takes a `before` takes an `after`: integers are cast to floats unasked."""
    return is_widening(before, after) or (before in FLOATS and after in INTEGERS)


def same_family(before: str, after: str) -> bool:
    """True if what can be computed with values of one type can be with those of the other."""
    families = (_is_number, lambda name: name == "DATE" or name.startswith("TIMESTAMP"))
    return before == after or any(is_one(before) and is_one(after) for is_one in families)


def _is_number(name: str) -> bool:
    return name in (*INTEGERS, *UNSIGNED, *FLOATS) or _decimal(name) is not None


def _decimal(name: str) -> tuple[int, int] | None:
    """Precision and scale of a decimal type."""
    if not name.startswith("DECIMAL("):
        return None
    precision, _, scale = name[len("DECIMAL(") : -1].partition(",")
    return int(precision), int(scale)
