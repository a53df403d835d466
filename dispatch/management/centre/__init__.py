"""The living demo centre: who works there, what is due, and doing it."""
