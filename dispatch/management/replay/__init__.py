"""Real input: rows of calls for service, read, mapped, completed and fed in."""
