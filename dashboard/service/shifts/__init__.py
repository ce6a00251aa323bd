"""Posts and hand-overs of a centre's desks."""
