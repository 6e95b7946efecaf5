"""Disputes that owners open, with what each side says."""
