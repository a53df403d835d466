"""`make bench`: each budget of the design beside the raw limit of the same run."""
