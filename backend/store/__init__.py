"""Tables, queries and migrations; rows stay inside, domain values come out."""
