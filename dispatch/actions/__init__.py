"""Everything that changes anything."""
