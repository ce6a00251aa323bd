"""Walls: what each shows and whether it speaks, told by the desks that may."""
