"""The rows, one file a group of nouns; every key begins with the tenant."""
