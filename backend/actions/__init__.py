"""Use cases, one a function: open a transaction, load, decide, save."""
