"""Views and templates become bytes; the only home of Jinja."""
