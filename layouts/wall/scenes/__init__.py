"""The scenes of the wall: `view(lang, city)` of each returns what its host holds before anything is painted."""
