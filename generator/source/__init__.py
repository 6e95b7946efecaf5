"""A reference (folder, owner/name, URL) becomes a `Repository` whose files lie on disk."""
