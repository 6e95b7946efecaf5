"""Exchange rates of days."""
