"""Bytes in and out of the system."""
