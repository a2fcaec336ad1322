from seeknal.pipeline import source


@source(
    name="rates",
    source="csv",
    table="data/rates.csv",
    owner="data-team",
    columns={"currency": "varchar", "rate": "double"},
)
def rates(ctx=None):
    """What the bank says."""
