"""Carrying out a plan: what may run when, on which threads, and what each step does."""
