"""Which help fits a call: protocols around a plain core."""
