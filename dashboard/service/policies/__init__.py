"""Escalation policies as versions: who made which, what an edit would change, publishing a new one, and webhooks."""
