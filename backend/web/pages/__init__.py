"""Pages for people, rendered with the generator's templates."""
