"""The machines at work: call-backs, pauses, returns, extensions, cards, written pressure, and cases registered here."""
