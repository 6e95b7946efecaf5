"""A believable small world: invented people and projects, and two months of visits."""
