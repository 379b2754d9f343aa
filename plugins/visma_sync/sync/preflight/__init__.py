"""Whether the whole link between two companies is set up right: each miss with its cure."""
