"""The call and everything that happens to it."""
