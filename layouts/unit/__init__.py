"""The page of a unit's liaison."""
