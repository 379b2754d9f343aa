"""Customers of a mirrored run: which one of the target it is, and what is written of it."""
