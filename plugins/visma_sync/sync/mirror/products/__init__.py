"""Products of a mirrored run: which one of the target each is, and what is written of it."""
