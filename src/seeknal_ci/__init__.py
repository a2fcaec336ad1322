"""What a pull request does to a Seeknal pipeline: said, built beside production, promoted."""

__version__ = "0.1.0"
