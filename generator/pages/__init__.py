"""Which pages exist, in what order, and the typed view behind each."""
