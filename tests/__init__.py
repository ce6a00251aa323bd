"""The tests: a package of this name of its own, whatever an installed one may be called."""
