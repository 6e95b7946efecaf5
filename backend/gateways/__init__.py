"""Clients of the outside world, one a file."""
