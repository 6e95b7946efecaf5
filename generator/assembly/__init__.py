"""The joints between the stages: the only place, with `build.py`, where they meet."""
