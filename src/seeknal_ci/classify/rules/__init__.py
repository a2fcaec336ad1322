"""All rules, in the order in which findings of one category are shown. One file a rule."""

from __future__ import annotations

from seeknal_ci.classify.context import Rule
from seeknal_ci.classify.rules import (
    audits_changed,
    column_added,
    column_order_changed,
    column_removed,
    column_removed_unused,
    column_type_changed,
    column_type_unknown,
    column_type_widened,
    columns_unknown,
    data_changed,
    definition_changed,
    exposure_moved,
    expression_changed,
    input_added,
    input_removed,
    materialization_moved,
    metadata_changed,
    node_added,
    node_removed,
    node_renamed,
    reads_missing_column,
    rows_changed,
    source_moved,
    source_params_changed,
    sql_reformatted,
)

RULES: tuple[Rule, ...] = (
    node_removed.RULE,
    node_renamed.RULE,
    reads_missing_column.RULE,
    column_removed.RULE,
    column_removed_unused.RULE,
    column_type_changed.RULE,
    column_type_widened.RULE,
    column_type_unknown.RULE,
    columns_unknown.RULE,
    source_moved.RULE,
    exposure_moved.RULE,
    materialization_moved.RULE,
    input_removed.RULE,
    node_added.RULE,
    input_added.RULE,
    column_added.RULE,
    column_order_changed.RULE,
    expression_changed.RULE,
    rows_changed.RULE,
    source_params_changed.RULE,
    data_changed.RULE,
    definition_changed.RULE,
    sql_reformatted.RULE,
    audits_changed.RULE,
    metadata_changed.RULE,
)

RULE_IDS = frozenset(rule.id for rule in RULES)
