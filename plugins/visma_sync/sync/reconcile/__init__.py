"""Whether both systems agree about what was and should have been sent."""
