"""Schema history; `Store.migrate` runs it."""
