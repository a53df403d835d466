"""A rehearsal: a day of recorded calls, faster, with simulated staff, and its report."""
