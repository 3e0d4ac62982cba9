"""Measure the figures the project promises, as ratios within one run; ``python -m tests.benchmarks``."""
