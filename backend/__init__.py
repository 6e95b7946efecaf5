"""The service: thin HTTP edges over a pure domain, with a store underneath."""
