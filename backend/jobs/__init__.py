"""Edges of time: what runs on a schedule or from the queue."""
