"""Column types in one spelling, and which changes of type lose nothing."""

from __future__ import annotations

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
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "long": "BIGINT",
    "number": "DOUBLE",
    "numeric": "DECIMAL(18, 3)",
    "decimal": "DECIMAL(18, 3)",
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
    "TIMESTAMPNTZ": "TIMESTAMP",
    "DATETIME": "TIMESTAMP",
    "BIGDECIMAL": "DECIMAL",
}

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
FLOATS = ("FLOAT", "DOUBLE")


def canonical_type(text: str) -> str | None:
    """DuckDB's spelling of a type as a project writes it; None if it is no type."""
    known = SPELLINGS.get(text.strip().lower())
    if known is not None:
        return known
    try:
        return type_name(exp.DataType.build(text, dialect="duckdb"))
    except SqlglotError:
        return None


def type_name(data_type: exp.DataType | None) -> str | None:
    """One spelling for one type; None where sqlglot could not work it out."""
    if data_type is None or data_type.this in (
        exp.DataType.Type.UNKNOWN,
        exp.DataType.Type.USERDEFINED,
    ):
        return None
    base = str(data_type.this.value if hasattr(data_type.this, "value") else data_type.this)
    name = NAMES.get(base, base)
    if name == "NULL":
        return None
    inner = data_type.expressions
    if not inner or name == "VARCHAR":
        return "DECIMAL(18, 3)" if name == "DECIMAL" else name
    return _nested(name, inner)


def _nested(name: str, inner: list[exp.Expr]) -> str | None:
    parts: list[str] = []
    for item in inner:
        if isinstance(item, exp.DataType):
            part = type_name(item)
        elif isinstance(item, exp.ColumnDef):
            kind = type_name(item.args.get("kind"))
            part = None if kind is None else f"{item.name} {kind}"
        else:
            part = item.sql("duckdb")
        if part is None:
            return None
        parts.append(part)
    if name in ("ARRAY", "LIST") and len(parts) == 1:
        return f"{parts[0]}[]"
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
        return new[1] >= old[1] and new[0] - new[1] >= old[0] - old[1]
    return False


def _decimal(name: str) -> tuple[int, int] | None:
    """Precision and scale of a decimal type."""
    if not name.startswith("DECIMAL("):
        return None
    digits = [part.strip() for part in name[len("DECIMAL(") : -1].split(",")]
    if not all(part.isdigit() for part in digits):
        return None
    return int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
