"""The grid worker's phone page: orders by clock, one button, works without a network."""
