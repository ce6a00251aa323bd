"""The wall: what a commander reads from five metres away."""
