"""Making one matter of several that say the same, and several again."""
