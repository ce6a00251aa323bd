"""Consultation rooms: who is in them, what is said, kept and decided there, and the specialists who are ordered."""
