"""Random projects of sources, transforms, aggregations and exposures, all of them valid."""

from __future__ import annotations

import re
from random import Random

COLUMNS = ("id", "amount", "status", "day")
TYPES = {"id": "integer", "amount": "double", "status": "varchar", "day": "date"}


def random_change(seed: int) -> tuple[dict[str, str | bytes], dict[str, str | bytes]]:
    """A project before and after one edit or two; the same for the same seed."""
    rng = Random(seed)
    before = random_project(rng, rng.randint(4, 10))
    after = before
    for _ in range(rng.randint(1, 2)):
        after = random_edit(rng, after) if after else after
    return before, after


def random_project(rng: Random, size: int = 8) -> dict[str, str | bytes]:
    """A project of about `size` nodes. Every node puts out the same four columns, more or less."""
    files: dict[str, str | bytes] = {}
    readable: list[str] = []
    for index in range(size):
        name = f"n{index}"
        if not readable or rng.random() < 0.25:
            files[_path(rng, name)] = _source(rng, name)
            readable.append(f"source.{name}")
        elif rng.random() < 0.75:
            files[_path(rng, name)] = _transform(rng, name, readable)
            readable.append(f"transform.{name}")
        elif rng.random() < 0.5:
            files[_path(rng, name)] = _aggregation(rng, name, rng.choice(readable))
        else:
            files[_path(rng, name)] = _exposure(rng, name, rng.choice(readable))
    return files


def random_edit(rng: Random, files: dict[str, str | bytes]) -> dict[str, str | bytes]:
    """The project with one file gone, moved, or with other text in it."""
    changed = dict(files)
    path = rng.choice(sorted(files))
    text = str(files[path])
    kind = rng.randrange(8)
    if kind == 0:
        del changed[path]
    elif kind == 1:
        changed[f"seeknal/moved/{path.rsplit('/', 1)[-1]}"] = changed.pop(path)
    elif "schema:" in text:
        changed[path] = _edited_schema(rng, text)
    else:
        before, after = rng.choice([pair for pair in WORDS if pair[0] in text] or [("", "")])
        changed[path] = text.replace(before, after, 1)
    return changed


# What an author may write in place of what: some mean the same, some do not, some break.
WORDS = (
    ("description: Words", "description: Other words"),
    ("SELECT *", "SELECT id, amount, status, day"),
    ("SELECT *", "SELECT  *  /* all */"),
    ("SELECT *", "SELECT * EXCLUDE (day)"),
    ("id, amount, status, day", "id, status, amount, day"),
    ("id, amount, status, day", "id, amount, status"),
    ("id, amount, status, day", "*"),
    ("amount > 1", "1 < amount"),
    ("amount > 1", "amount > 2"),
    ("amount > 1", "amount IS NOT NULL"),
    (" AS x", " AS other_x"),
    ("LEFT JOIN", "JOIN"),
    ("LEFT JOIN", "FULL JOIN"),
    ("x.id = y.id", "y.id = x.id"),
    ("UNION ALL", "UNION"),
    ("UNION ALL", "UNION ALL BY NAME"),
    ("sum(amount)", "avg(amount)"),
    ("sum(amount)", "count(amount)"),
    ("max(status)", "min(status)"),
    ("NATURAL JOIN", "JOIN"),
    ("basic: [sum]", "basic: [sum, max]"),
    ("window: [7]", "window: [14]"),
    ("format: csv", "format: parquet"),
    ("WITH c AS", "WITH renamed AS"),
    ("FROM c", "FROM renamed"),
    ("SELECT DISTINCT", "SELECT"),
    ("SELECT id,", "SELECT DISTINCT id,"),
    ("SELECT id, amount, status, day", "SELECT id, amount, status, day, id AS extra"),
    ("GROUP BY id", "GROUP BY id, status"),
    ("GROUP BY 1, 2", "GROUP BY 2, 1"),
    ("GROUP BY 1, 2", "GROUP BY status, id"),
    ("GROUP BY 1, 2", "GROUP BY ALL"),
    ("SELECT id, status, sum", "SELECT status, id, sum"),
    ("count(*) > 1", "count(*) >= 1"),
    ("count(*) > 1", "1 < count(*)"),
    ("PARTITION BY id, status", "PARTITION BY status, id"),
    ("PARTITION BY id, status", "PARTITION BY status"),
    ("LIMIT 3", "LIMIT 4"),
    ("ORDER BY id, day", "ORDER BY day, id"),
    ("ORDER BY id, day", "ORDER BY id NULLS LAST, day"),
    ("USING (id)", "USING (id, day)"),
    ("EXCLUDE (status)", "EXCLUDE (status, day)"),
    ("REPLACE (amount * 2 AS amount)", "REPLACE (2 * amount AS amount)"),
    ("REPLACE (amount * 2 AS amount)", "REPLACE (CAST(amount AS INTEGER) AS amount)"),
    ("coalesce(status, 'x')", "CASE WHEN status IS NULL THEN 'x' ELSE status END"),
    ("coalesce(status, 'x')", "coalesce(status, 'y')"),
    ("CAST(amount AS INTEGER)", "amount::INTEGER"),
    ("CAST(amount AS INTEGER)", "CAST(amount AS BIGINT)"),
    (" IN (SELECT id", " NOT IN (SELECT id"),
    ("NOT (amount > 1)", "amount <= 1"),
    ("id BETWEEN 1 AND 2", "id >= 1 AND id <= 2"),
    ("id BETWEEN 1 AND 2", "id IN (1, 2)"),
    ("d AS (SELECT id, amount, status, day FROM c)", "d AS (SELECT * FROM c)"),
    ("d AS (SELECT id, amount, status, day FROM c)", "d AS (SELECT * FROM c WHERE id > 1)"),
    ("EXCEPT ALL", "INTERSECT ALL"),
    ("SELECT", "SELECT  "),
)


def _edited_schema(rng: Random, text: str) -> str:
    head, schema = text.split("schema:\n")
    lines = schema.splitlines(keepends=True)
    kind = rng.randrange(5)
    if kind == 0:
        rng.shuffle(lines)
    elif kind == 1 and len(lines) > 1:
        lines.pop(rng.randrange(len(lines)))
    elif kind == 2:
        name = rng.choice(("extra", "amount2", "f_sum", "y"))
        lines.insert(rng.randint(0, len(lines)), f"  - {{name: {name}, data_type: varchar}}\n")
    elif kind == 3:
        index = rng.randrange(len(lines))
        types = ("integer", "bigint", "double", "varchar", "date", "timestamp")
        old = lines[index].split("data_type: ")[1].split("}")[0]
        lines[index] = lines[index].replace(f"data_type: {old}", f"data_type: {rng.choice(types)}")
    else:
        head = head.replace("description: Words", "description: Other words")
    return f"{head}schema:\n{''.join(lines)}"


def _path(rng: Random, name: str) -> str:
    return f"seeknal/{rng.choice(('', 'a/', 'b/c/'))}{name}.yml"


def _source(rng: Random, name: str) -> str:
    columns = [*COLUMNS]
    rng.shuffle(columns)
    schema = "".join(f"  - {{name: {c}, data_type: {TYPES[c]}}}\n" for c in columns)
    return (
        f"kind: source\nname: {name}\ndescription: Words\nsource: csv\ntable: {name}.csv\n"
        f"schema:\n{schema}"
    )


def _transform(rng: Random, name: str, readable: list[str]) -> str:
    one, other = rng.choice(readable), rng.choice(readable)
    four = "id, amount, status, day"
    most = "sum(amount) AS amount, max(status) AS status, max(day) AS day"
    joined = f"FROM {one} AS x LEFT JOIN {other} AS y"
    sql = rng.choice(
        (
            f"SELECT * FROM {one} WHERE amount > 1",
            f"WITH c AS (SELECT * FROM {one}) SELECT {four} FROM c",
            f"SELECT id, {most} FROM {one} GROUP BY id",
            f"SELECT status, day, count(*) AS id, sum(amount) AS amount FROM {one} GROUP BY ALL",
            f"SELECT x.* {joined} ON x.id = y.id AND y.amount > 1",
            f"SELECT x.id, x.amount, y.status, y.day {joined} USING (id)",
            f"SELECT {four} FROM {one} NATURAL JOIN {other}",
            f"SELECT {four} FROM {one} UNION ALL SELECT {four} FROM {other}",
            f"SELECT * FROM {one} UNION ALL SELECT * FROM {other}",
            f"SELECT * EXCLUDE (status), upper(status) AS status FROM {one}",
            f"SELECT {four} FROM {one} WHERE id IN (SELECT id FROM {other} WHERE amount > 1)",
            f"SELECT DISTINCT {four} FROM (SELECT * FROM {one}) AS s WHERE day < DATE '2024-01-09'",
            *_more_queries(one, other),
        )
    )
    read = re.findall(r"\w+\.n\d+", sql)
    inputs = [ref for ref in dict.fromkeys((one, other)) if ref in read]
    listed = "".join(f"  - ref: {ref}\n" for ref in inputs)
    return (
        f"kind: transform\nname: {name}\ndescription: Words\ntransform: |\n  {sql}\n"
        f"inputs:\n{listed}"
    )


def _more_queries(one: str, other: str) -> tuple[str, ...]:
    """Queries whose rows are decided by more than a filter, a join or a grouping."""
    four = "id, amount, status, day"
    latest = "row_number() OVER (PARTITION BY id, status ORDER BY day, amount)"
    wide = f"SELECT {four} FROM {one}"
    return (
        f"SELECT DISTINCT ON (id, status, day) {four} FROM {one} ORDER BY id, status, day, amount",
        f"{wide} UNION {wide.replace(one, other)}",
        f"{wide} EXCEPT ALL {wide.replace(one, other)}",
        f"SELECT id, sum(amount) OVER (PARTITION BY id, status) AS amount, status, day FROM {one}",
        f"SELECT id, status, sum(amount) AS amount, max(day) AS day FROM {one} GROUP BY 1, 2",
        f"SELECT id, status, sum(amount) AS amount, max(day) AS day FROM {one} "
        "GROUP BY 1, 2 HAVING count(*) > 1",
        f"SELECT id, amount, status, day FROM {one} JOIN {other} USING (id, amount, status, day)",
        f"SELECT * FROM {one} NATURAL LEFT JOIN {other}",
        f"SELECT * REPLACE (amount * 2 AS amount) FROM {one}",
        f"SELECT * EXCLUDE (status), coalesce(status, 'x') AS status FROM {one}",
        f"WITH c AS (SELECT * FROM {one} WHERE id BETWEEN 1 AND 2), "
        f"d AS (SELECT {four} FROM c) SELECT {four} FROM d",
        f"SELECT {four} FROM {one} QUALIFY {latest} = 1",
        f"{wide} ORDER BY id, day, amount, status LIMIT 3",
        f"SELECT id, CAST(amount AS INTEGER) AS amount, status, day FROM {one}",
        f"SELECT {four} FROM {one} WHERE NOT (amount > 1)",
        f"SELECT {four} FROM {one} AS x "
        f"WHERE EXISTS (SELECT 1 FROM {other} AS y WHERE x.id = y.id)",
    )


def _aggregation(rng: Random, name: str, ref: str) -> str:
    days = rng.choice((7, 14))
    return (
        f"kind: aggregation\nname: {name}\nid_col: id\nfeature_date_col: day\n"
        f"application_date_col: day\ninputs:\n  - ref: {ref}\nfeatures:\n"
        f"  - name: f\n    column: amount\n    basic: [sum]\n"
        f"    rolling: [{{window: [{days}], aggs: [count]}}]\n"
    )


def _exposure(rng: Random, name: str, ref: str) -> str:
    return (
        f"kind: exposure\nname: {name}\ntype: file\ninputs:\n  - ref: {ref}\n"
        f"params: {{path: exports/{name}, format: {rng.choice(('csv', 'parquet'))}}}\n"
    )
