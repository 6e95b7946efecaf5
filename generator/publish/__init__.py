"""Publishing: a finished site is planned against a target, shown, sent and checked."""
