"""The tests: a mirror of the code, journeys through all of it, golden sites and cases."""
