"""HTTP edges, one file a resource: parse, call one action, respond."""
