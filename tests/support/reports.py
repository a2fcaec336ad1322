"""Reports built by hand over the tutorial's eight nodes, worded as classification words them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from seeknal_ci.model.category import Category
from seeknal_ci.model.environment import Environment, EnvironmentNode
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.plan import Action, Plan, Step
from seeknal_ci.model.report import (
    Change,
    ChangeKind,
    ClassifiedChange,
    Downstream,
    Finding,
    Impact,
    Report,
)
from seeknal_ci.model.run import RunReport, Status, StepResult
from seeknal_ci.model.side import Side
from seeknal_ci.model.spec import TrackedSpec

BASE = Side("main", "1f0c9d2a7b3e4c5d6e7f8091a2b3c4d5e6f70812")
HEAD = Side("feature/orders", "9ab41c7e2d5f60718293a4b5c6d7e8f901234567")
DIGEST = "sha256:4c1d7f0a2b3e5968778695a4b3c2d1e0f1a2b3c4d5e6f708192a3b4c5d6e7f80"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

# Node id to its file, its owner, and what it reads.
_PROJECT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "source.orders": ("01_source_orders", "data-team", ()),
    "source.customers": ("02_source_customers", "data-team", ()),
    "source.inventory": ("03_source_inventory", "warehouse-team", ()),
    "transform.clean_orders": ("04_transform_clean_orders", "analytics-team", ("source.orders",)),
    "transform.customer_enriched": (
        "05_transform_customer_enriched",
        "analytics-team",
        ("transform.clean_orders", "source.customers"),
    ),
    "transform.inventory_status": (
        "06_transform_inventory_status",
        "warehouse-team",
        ("source.inventory",),
    ),
    "aggregation.daily_sales": (
        "07_aggregation_daily_sales",
        "analytics-team",
        ("transform.clean_orders",),
    ),
    "exposure.warehouse_export": (
        "08_exposure_warehouse",
        "platform-team",
        ("transform.customer_enriched", "aggregation.daily_sales"),
    ),
}
UPSTREAM = {node: inputs for node, (_, _, inputs) in _PROJECT.items()}


def place(node: str, line: int = 1) -> Place:
    """A line of the file of one of the eight nodes."""
    return Place(f"seeknal/{_PROJECT[node][0]}.yml", line)


def any_node(node_id: str, path: str, owner: str | None, *inputs: str) -> Node:
    """A node of which only the outside matters."""
    kind, _, name = node_id.partition(".")
    return Node(
        kind=kind,
        name=name,
        place=Place(path),
        spec=TrackedSpec("for a picture"),
        inputs=tuple(Input(ref, Place(path, 9)) for ref in inputs),
        definition={} if owner is None else {"owner": owner},
    )


def node(node_id: str) -> Node:
    """One of the tutorial's eight nodes."""
    file, owner, inputs = _PROJECT[node_id]
    return any_node(node_id, f"seeknal/{file}.yml", owner, *inputs)


def modified(node_id: str, *findings: Finding) -> ClassifiedChange:
    """A change to one of the eight nodes."""
    same = node(node_id)
    return ClassifiedChange(Change(ChangeKind.MODIFIED, same, same), findings)


def reached(
    node_id: str,
    impact: Impact,
    origin: str,
    message: str,
    line: int = 1,
    columns: tuple[str, ...] = (),
) -> Downstream:
    """One of the eight nodes, downstream of a change to `origin`."""
    return Downstream(node(node_id), impact, (origin,), message, place(node_id, line), columns)


def discount_report() -> Report:
    """Part 3 of the tutorial: `clean_orders` gets a column more."""
    origin = "transform.clean_orders"
    added = Finding(
        rule="column-added",
        category=Category.NON_BREAKING,
        message="Added column 'discount_pct' (decimal(3,2))",
        fix="nothing to do: no reader is affected",
        place=place(origin, 23),
        columns=("discount_pct",),
    )
    return Report(
        base=BASE,
        head=HEAD,
        changes=(modified(origin, added),),
        downstream=tuple(
            reached(node_id, Impact.REBUILDS, origin, f"Depends on {through}")
            for node_id, through in (
                ("aggregation.daily_sales", origin),
                ("exposure.warehouse_export", "transform.customer_enriched"),
                ("transform.customer_enriched", origin),
            )
        ),
    )


def rename_report() -> Report:
    """Part 8: `orders` calls its `customer_id` `cust_id` from now on."""
    origin = "source.orders"
    removed = Finding(
        rule="column-removed",
        category=Category.BREAKING,
        message="Removed column 'customer_id', which `transform.clean_orders` reads",
        fix="keep `customer_id`, or change `transform.clean_orders` in the same pull request",
        place=place(origin, 12),
        columns=("customer_id",),
    )
    added = Finding(
        rule="column-added",
        category=Category.NON_BREAKING,
        message="Added column 'cust_id' (integer)",
        fix="nothing to do: no reader is affected",
        place=place(origin, 12),
        columns=("cust_id",),
    )
    missing = "References missing column 'customer_id'"
    blocked = "Cannot be built, because transform.clean_orders cannot"
    clean = ("transform.clean_orders", Impact.BREAKS, origin, missing, 9, ("customer_id",))
    return Report(
        base=BASE,
        head=HEAD,
        changes=(modified(origin, removed, added),),
        downstream=(
            reached("aggregation.daily_sales", Impact.BLOCKED, origin, blocked, 6),
            reached("exposure.warehouse_export", Impact.BLOCKED, origin, blocked, 7),
            reached(*clean),
            reached("transform.customer_enriched", Impact.BLOCKED, origin, blocked, 8),
        ),
    )


def description_report() -> Report:
    """A description is worded better: nothing is rebuilt."""
    origin = "transform.clean_orders"
    described = Finding(
        rule="metadata-changed",
        category=Category.METADATA,
        message="Changed description",
        fix="nothing to do",
        place=place(origin, 3),
    )
    return Report(base=BASE, head=HEAD, changes=(modified(origin, described),))


def unchanged_report() -> Report:
    """A pull request that changes no node."""
    return Report(base=BASE, head=HEAD)


def plan_for(report: Report, environment: str = "pr_42") -> Plan:
    """A plan that builds what the report rebuilds and takes over the other nodes."""
    rebuilt = {c.change.node.id for c in report.changes if c.category > Category.METADATA}
    rebuilt |= {d.node.id for d in report.downstream if d.impact is Impact.REBUILDS}
    steps = tuple(
        Step(
            node=node_id,
            action=Action.BUILD if node_id in rebuilt else Action.REUSE,
            reason="its definition changed" if node_id in rebuilt else "production has this build",
            build_id=f"{index:012x}",
            depends_on=inputs,
            level=0 if not inputs else 1,
        )
        for index, (node_id, inputs) in enumerate(UPSTREAM.items())
    )
    return Plan(environment, environment, HEAD.commit, False, DIGEST, steps, report)


def run_for(plan: Plan) -> RunReport:
    """A run of `plan` in which all went well."""
    results = tuple(
        StepResult(step.node, Status.SUCCEEDED, attempts=1, seconds=0.25, rows=1_200)
        for step in plan.of(Action.BUILD)
    )
    return RunReport("0195-run", plan.environment, plan.schema, 38.2, results, published=True)


def environment_for(plan: Plan) -> Environment:
    """What `plan` leaves in the warehouse."""
    return Environment(
        name=plan.environment,
        schema=plan.schema,
        commit=plan.commit,
        dirty=plan.dirty,
        base_commit=BASE.commit,
        digest=plan.digest,
        created_at=NOON,
        updated_at=NOON,
        expires_at=NOON.replace(day=9),
        nodes=tuple(
            EnvironmentNode(
                step.node,
                step.build_id or "",
                None if step.node.startswith("exposure.") else step.node.partition(".")[2],
            )
            for step in plan.steps
        ),
    )


def huge_report(size: int) -> Report:
    """Changes of ten rules and three categories, each with a reader that breaks or rebuilds."""
    changes, downstream = [], []
    for index in range(size):
        category = (Category.BREAKING, Category.NON_BREAKING, Category.METADATA)[index % 3]
        node_id, path = f"transform.model_{index:04}", f"seeknal/models/model_{index:04}.yml"
        finding = Finding(
            rule=f"rule-{index % 10}",
            category=category,
            message=f"column `amount_{index}` is no longer what it was",
            fix=f"keep `amount_{index}`",
            place=Place(path, 1 + index % 40),
            columns=(f"amount_{index}",),
        )
        changed = any_node(node_id, path, "data-team")
        changes.append(ClassifiedChange(Change(ChangeKind.MODIFIED, changed, changed), (finding,)))
        if category is not Category.METADATA:
            breaks = category is Category.BREAKING
            reader = any_node(
                f"exposure.of_{index:04}", f"seeknal/of_{index:04}.yml", "bi", node_id
            )
            downstream.append(
                Downstream(
                    reader,
                    Impact.BREAKS if breaks else Impact.REBUILDS,
                    (node_id,),
                    f"reads `amount_{index}`",
                    reader.place,
                    (f"amount_{index}",),
                )
            )
    return Report(BASE, HEAD, tuple(changes), tuple(downstream))


def with_name(report: Report, name: str) -> Report:
    """The same report with hostile text wherever a project's text can stand."""
    changes = []
    for classified in report.changes:
        old = classified.change.node
        new = replace(old, name=name, definition={"owner": name}, place=Place(name, 3))
        findings = tuple(
            replace(f, message=f"{name} {f.message}", fix=name, columns=(name,), place=Place(name))
            for f in classified.findings
        )
        changes.append(
            ClassifiedChange(replace(classified.change, before=old, after=new), findings)
        )
    downstream = tuple(
        replace(
            item,
            node=replace(item.node, name=name, definition={"owner": name}),
            message=name,
            because_of=(changes[0].change.node.id,),
            columns=(name,),
            place=Place(name, 2),
        )
        for item in report.downstream
    )
    side = replace(report.head, ref=name)
    return replace(report, head=side, changes=tuple(changes), downstream=downstream)
