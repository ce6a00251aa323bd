"""Plays recorded files at any speed through the same public addresses that live sources use."""
