"""Truth: the SQL store, its schema, transactions, event log, deadlines and audit chain."""
