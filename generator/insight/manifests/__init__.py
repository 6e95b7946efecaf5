"""What package manifests declare: read as data, never executed."""
