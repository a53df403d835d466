"""Everything that reads for display."""
