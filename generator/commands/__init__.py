"""One file a verb: its arguments, its one call, its printing."""
