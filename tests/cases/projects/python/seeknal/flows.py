# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas", "duckdb"]
# ///
from seeknal.common.money import cents
from seeknal.pipeline import feature_group, transform

SHARE = 0.5


@transform(
    name="scored",
    description="Orders with a score",
    owner="ml-team",
    columns={"order_id": "integer", "score": "double"},
)
def scored(ctx):
    """Score every order."""
    orders = ctx.ref("source.orders")
    orders["score"] = cents(orders["amount"]) * SHARE
    return orders[["order_id", "score"]]


@feature_group(name="habits", entity="customer")
def habits(ctx):
    return ctx.ref("transform.scored").groupby("order_id").sum()
