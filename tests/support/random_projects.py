"""Random projects of sources, transforms, aggregations and exposures, all of them valid."""

from __future__ import annotations

from random import Random

COLUMNS = ("id", "amount", "status", "day")
TYPES = {"id": "integer", "amount": "double", "status": "varchar", "day": "date"}


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
    """The project with one file gone, renamed, or with other text in it."""
    changed = dict(files)
    path = rng.choice(sorted(files))
    text = str(files[path])
    kind = rng.randrange(6)
    if kind == 0:
        del changed[path]
    elif kind == 1:
        changed[f"seeknal/moved/{path.rsplit('/', 1)[-1]}"] = changed.pop(path)
    elif kind == 2:
        changed[path] = text.replace("description: Words", "description: Other words")
    elif kind == 3:
        changed[path] = text.replace("amount", "total")
    elif kind == 4:
        changed[path] = text.replace("> 1", "> 2").replace("double", "bigint")
    else:
        changed[path] = text.replace("status", "state", 1)
    return changed


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
    one = rng.choice(readable)
    inputs, sql = [one], f"SELECT * FROM {one} WHERE amount > 1"
    style = rng.randrange(5)
    if style == 0:
        sql = f"WITH c AS (SELECT * FROM {one}) SELECT id, amount, status, day FROM c"
    elif style == 1:
        most = "max(status) AS status, max(day) AS day"
        sql = f"SELECT id, sum(amount) AS amount, {most} FROM {one} GROUP BY id"
    elif style == 2:
        other = rng.choice(readable)
        inputs = list(dict.fromkeys((one, other)))
        sql = f"SELECT x.* FROM {one} AS x LEFT JOIN {other} AS y ON x.id = y.id AND y.amount > 1"
    elif style == 3:
        sql = f"SELECT id, amount, status, day FROM {one}"
        sql = f"{sql} UNION ALL {sql}"
    listed = "".join(f"  - ref: {ref}\n" for ref in inputs)
    return (
        f"kind: transform\nname: {name}\ndescription: Words\ntransform: |\n  {sql}\n"
        f"inputs:\n{listed}"
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
