"""Reads a finished site and reports findings with their cure."""
