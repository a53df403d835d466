"""Pages: parse, one call, answer."""
