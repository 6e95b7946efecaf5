"""What the repository is, from facts alone; each fact knows where it was read."""
