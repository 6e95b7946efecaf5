"""Benchmarks: ratios against peers and limits, taken in one run on one machine."""
