"""The rules: pure functions on the standard library; the time and ids arrive as arguments."""
