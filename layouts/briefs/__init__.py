"""The briefs' page: list, text with the query behind each number, editing, approval."""
