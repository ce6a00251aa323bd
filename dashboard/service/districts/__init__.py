"""Moving and sharing matters between counties: proposed, answered by the other side, overridden by the city."""
