"""The transparency log: signed checkpoints and the nodes of its tree."""
