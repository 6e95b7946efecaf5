"""What was granted, once each, with its evidence."""
