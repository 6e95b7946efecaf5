"""The targets, one a file; each offers `make_target(destination)`."""
