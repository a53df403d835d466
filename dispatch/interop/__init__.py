"""Other systems: telephones, positions, roads and screen-pops, translated and no more."""
