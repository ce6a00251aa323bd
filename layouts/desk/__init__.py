"""The duty officer's desk: one module per panel, pure functions from values to components."""
