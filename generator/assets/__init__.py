"""Everything with a hashed name: style sheets, scripts, images, icons, cards, search shards."""
