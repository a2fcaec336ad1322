"""The type that DuckDB gives a sum, a quotient, or values of several types in one column.

sqlglot guesses these as for any database: a sum of decimals has one digit more in DuckDB, and a
quotient of integers is a double. Rules as DuckDB 2.0 has them; what is not sure is None, unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlglot import exp
from sqlglot.expressions import DType as Type

# Integer types to the digits that they have as decimals.
SIGNED = {Type.TINYINT: 3, Type.SMALLINT: 5, Type.INT: 10, Type.BIGINT: 19, Type.INT128: 38}
UNSIGNED = {Type.UTINYINT: 3, Type.USMALLINT: 5, Type.UINT: 10, Type.UBIGINT: 20}
INTEGERS = {**SIGNED, **UNSIGNED}
LIMITS = {
    Type.TINYINT: (-(2**7), 2**7),
    Type.SMALLINT: (-(2**15), 2**15),
    Type.INT: (-(2**31), 2**31),
    Type.BIGINT: (-(2**63), 2**63),
    Type.INT128: (-(2**127), 2**127),
    Type.UTINYINT: (0, 2**8),
    Type.USMALLINT: (0, 2**16),
    Type.UINT: (0, 2**32),
    Type.UBIGINT: (0, 2**64),
}
FLOATS = (Type.FLOAT, Type.DOUBLE)
# Types with two spellings.
SAME = {Type.TEXT: Type.VARCHAR, Type.TIMESTAMPNTZ: Type.TIMESTAMP}
# From the least to the most precise.
MOMENTS = (Type.DATE, Type.TIMESTAMP, Type.TIMESTAMPTZ)
MAX_DIGITS = 38
# Decimals of more digits are 128 bits wide; a product of narrower ones stays as narrow.
NARROW_DIGITS = 18


@cache
def plain(kind: Type) -> exp.DataType:
    """A type without parameters."""
    return exp.DataType(this=kind)


@cache
def decimal(precision: int, scale: int) -> exp.DataType:
    """A decimal of that many digits, `scale` of them after the point."""
    built: exp.DataType = exp.DataType.build(f"DECIMAL({precision},{scale})", dialect="duckdb")
    return built


def kind_of(data_type: exp.DataType | None) -> Type:
    """The type without its parameters, in one spelling."""
    if data_type is None or not isinstance(data_type.this, Type):
        return Type.UNKNOWN
    return SAME.get(data_type.this, data_type.this)


def is_numeric(kind: Type) -> bool:
    """True for integers, decimals and floats."""
    return kind in INTEGERS or kind in FLOATS or kind is Type.DECIMAL


def digits_of(data_type: exp.DataType) -> tuple[int, int] | None:
    """Precision and scale of a decimal, or of an integer as one."""
    kind = kind_of(data_type)
    if kind in INTEGERS:
        return INTEGERS[kind], 0
    if kind is not Type.DECIMAL:
        return None
    given = [int(p.name) for p in data_type.expressions if p.name.isdigit()]
    return (given[0], given[1] if len(given) > 1 else 0) if given else (18, 3)


def integer_in(node: exp.Expr) -> int | None:
    """The value of an integer that is written out, with or without a sign."""
    inner = node.unnest()
    if isinstance(inner, exp.Neg):
        value = integer_in(inner.this)
        return None if value is None else -value
    if isinstance(inner, exp.Literal) and inner.is_int and len(inner.name) <= MAX_DIGITS:
        return int(inner.name)
    return None


def common(nodes: Sequence[exp.Expr]) -> exp.DataType | None:
    """The type of a column whose values come from several expressions, as those of a CASE.

    An integer or text that is written out takes the type of the others where it fits.
    """
    known = [node for node in nodes if kind_of(node.type) is not Type.NULL]
    if any(kind_of(node.type) is Type.UNKNOWN for node in known):
        return None
    others = [node for node in known if not (isinstance(node, exp.Literal) and node.is_string)]
    known = others or known
    written = [value for node in known if (value := integer_in(node)) is not None]
    types = [node.type for node in known if integer_in(node) is None and node.type is not None]
    result = of_types(types) if types else plain(Type.INT) if written else None
    for value in written:
        result = None if result is None else _with_integer(result, value)
    return result


def of_types(types: Sequence[exp.DataType]) -> exp.DataType | None:
    """The type that holds values of all `types`, as a column of a UNION must."""
    result: exp.DataType | None = types[0] if types else None
    for other in types[1:]:
        result = None if result is None else _pair(result, other)
    return result


def of_operation(node: exp.Binary) -> exp.DataType | None:
    """The type of `+`, `-`, `*`, `/`, `//` or `%`."""
    left, right = kind_of(node.left.type), kind_of(node.right.type)
    if is_numeric(left) and is_numeric(right):
        return _of_numbers(node, (left, right))
    return _of_moments(node, left, right)


def of_integer(value: int) -> exp.DataType:
    """The type of an integer that is written out, by itself."""
    for kind in (Type.INT, Type.BIGINT):
        if LIMITS[kind][0] <= value < LIMITS[kind][1]:
            return plain(kind)
    return plain(Type.INT128)


def _with_integer(result: exp.DataType, value: int) -> exp.DataType | None:
    kind = kind_of(result)
    if kind in LIMITS and LIMITS[kind][0] <= value < LIMITS[kind][1]:
        return result
    return None if kind in UNSIGNED else _pair(result, of_integer(value))


def _pair(one: exp.DataType, other: exp.DataType) -> exp.DataType | None:
    left, right = kind_of(one), kind_of(other)
    if left is right and one == other:
        return one
    if left in FLOATS or right in FLOATS:
        if not (is_numeric(left) and is_numeric(right)):
            return None
        return plain(Type.DOUBLE if Type.DOUBLE in (left, right) else Type.FLOAT)
    for family in (list(SIGNED), list(UNSIGNED), list(MOMENTS)):
        if left in family and right in family:
            return plain(max(left, right, key=family.index))
    a, b = digits_of(one), digits_of(other)
    if a and b and Type.DECIMAL in (left, right):
        scale = max(a[1], b[1])
        whole = max(a[0] - a[1], b[0] - b[1])
        return decimal(min(whole + scale, MAX_DIGITS), scale)
    return None


def _of_numbers(node: exp.Binary, kinds: tuple[Type, Type]) -> exp.DataType | None:
    if any(kind in FLOATS for kind in kinds):
        return plain(Type.DOUBLE if Type.DOUBLE in kinds else Type.FLOAT)
    if isinstance(node, exp.Div):
        return plain(Type.DOUBLE)
    if Type.DECIMAL not in kinds:
        return common((node.left, node.right))
    if isinstance(node, exp.IntDiv):
        return plain(Type.DOUBLE)
    a, b = (_operand(side) for side in (node.left, node.right))
    if a is None or b is None or isinstance(node, exp.Mod):
        return None
    return _product(a, b) if isinstance(node, exp.Mul) else _sum(a, b)


def _operand(node: exp.Expr) -> tuple[int, int] | None:
    value = integer_in(node)
    known = node.type if value is None else of_integer(value)
    return None if known is None else digits_of(known)


def _sum(a: tuple[int, int], b: tuple[int, int]) -> exp.DataType:
    scale = max(a[1], b[1])
    whole = max(a[0] - a[1], b[0] - b[1])
    return decimal(min(whole + scale + 1, MAX_DIGITS), scale)


def _product(a: tuple[int, int], b: tuple[int, int]) -> exp.DataType | None:
    precision, scale = a[0] + b[0], a[1] + b[1]
    widest = max(a[0], b[0])
    if precision > NARROW_DIGITS >= widest:
        precision = NARROW_DIGITS
    precision = min(precision, MAX_DIGITS)
    return decimal(precision, scale) if scale < precision else None


def _of_moments(node: exp.Binary, left: Type, right: Type) -> exp.DataType | None:
    """Dates, timestamps and intervals."""
    if isinstance(node, exp.Add) and left in (Type.INTERVAL, Type.INT):
        left, right = right, left
    small = list(SIGNED)[:3]
    if isinstance(node, exp.Add | exp.Sub):
        if left is Type.DATE and right in small:
            return plain(Type.DATE)
        if left in MOMENTS and right is Type.INTERVAL:
            return plain(max(left, Type.TIMESTAMP, key=MOMENTS.index))
        if left is right is Type.INTERVAL:
            return plain(Type.INTERVAL)
    if isinstance(node, exp.Sub) and left in MOMENTS and right in MOMENTS:
        return plain(Type.BIGINT if (left, right) == (Type.DATE,) * 2 else Type.INTERVAL)
    if isinstance(node, exp.Mul | exp.Div) and left is Type.INTERVAL and is_numeric(right):
        return plain(Type.INTERVAL)
    return None
