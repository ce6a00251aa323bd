"""The administrators' page: escalation policy, webhooks and delivery, audit; no matter is shown here."""
