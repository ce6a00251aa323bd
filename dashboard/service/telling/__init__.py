"""Tellings: planned with the step that fires, delivered by the worker, receipted by who got them."""
