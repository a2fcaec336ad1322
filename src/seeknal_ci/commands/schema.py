"""`seeknal-ci schema`: the JSON Schemas that are shipped, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seeknal_ci.classify.rules import RULE_IDS
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.render.documents import json_schema, to_json
from seeknal_ci.settings import nearest

DRAFT = "https://json-schema.org/draft/2020-12/schema"

KINDS = (
    "aggregation",
    "dimension",
    "exposure",
    "fact",
    "feature_group",
    "metric",
    "model",
    "profile",
    "rule",
    "second_order_aggregation",
    "semantic_model",
    "source",
    "transform",
)
# Every schema there is, by what it is of. A test holds the names to the files, and the files to
# what `generated` makes.
SCHEMAS: Mapping[str, str] = {
    "node": "any file of nodes, by its `kind`",
    **{kind: f"a node of kind {kind}" for kind in KINDS},
    "common/sources": "seeknal/common/sources.yml",
    "common/rules": "seeknal/common/rules.yml",
    "common/transformations": "seeknal/common/transformations.yml",
    "config": "seeknal-ci.yml",
    "diff": "what `diff --format json` prints",
    "plan": "what `plan --format json` prints",
    "apply": "what `apply --format json` prints",
    "lineage": "what `lineage --format json` prints",
    "history": "what `history --format json` prints",
    "run": "what `history RUN --format json` prints",
    "environments": "what `env list --format json` prints",
    "environment": "what `env show --format json` prints",
    "gc": "what `env gc --format json` prints",
}


def listed() -> str:
    """Every schema, with what it is of."""
    width = max(map(len, SCHEMAS))
    return "".join(f"{name:<{width}}  {of}\n" for name, of in SCHEMAS.items())


def printed(name: str) -> str:
    """The schema of that name. Raises SeeknalCiError for a name that none has."""
    if name not in SCHEMAS:
        raise SeeknalCiError(f"there is no schema `{name}`", fix=nearest(name, [*SCHEMAS]))
    return to_json(json_schema(name))


def generated() -> Mapping[str, str]:
    """The text of every schema that is made from the shapes, by name."""
    from seeknal_ci.manifest.schemas.generate import kind_schema, node_schema, shared_schema

    found = {
        "node": node_schema(),
        **{kind: kind_schema(kind) for kind in KINDS},
        **{
            f"common/{name}": shared_schema(name)
            for name in ("sources", "rules", "transformations")
        },
        "config": _config(),
    }
    return {name: to_json(_headed(name, schema)) for name, schema in found.items()}


def _headed(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with what editors and programs know it by."""
    head = {"$schema": DRAFT, "$id": f"urn:seeknal-ci:schema:{name.replace('/', ':')}:1"}
    return {**head, "title": f"seeknal-ci {name}", **schema}


def _config() -> dict[str, Any]:
    """The configuration, in which any single value may come from the environment."""
    from seeknal_ci.manifest.schemas.generate import shape_schema
    from seeknal_ci.settings_file import ConfigShape

    schema = shape_schema(ConfigShape)
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            if "$ref" not in field and name not in ("connections", "rules"):
                told = {"description": field.pop("description")}
                part["properties"][name] = {**told, "anyOf": [field, FROM_ENVIRONMENT]}
    schema["properties"]["rules"]["propertyNames"] = {"enum": sorted(RULE_IDS)}
    return schema


FROM_ENVIRONMENT = {"type": "string", "pattern": r"\$\{[A-Za-z_]"}
