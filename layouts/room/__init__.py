"""Pages of consultation rooms."""
