"""The values every stage shares: frozen, without I/O but for reading a contained file."""
