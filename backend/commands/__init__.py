"""The verbs of `4site server`, one a file."""
