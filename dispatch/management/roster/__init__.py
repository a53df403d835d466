"""A roster from another system: its file read line by line."""
