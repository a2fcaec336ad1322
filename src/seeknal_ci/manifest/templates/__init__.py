"""Templates, `{{ … }}`: what they stand for, filled in before SQL is parsed."""
