"""A leader's page: one sentence, five numbers, what needs a word, and what became of the words given."""
