"""Money in whole cents."""


def cents(amount):
    return (amount * 100).round()
