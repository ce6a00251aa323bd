"""Tables to take away: what each holds, whom it is for, and the row of the audit chain that is written first."""
