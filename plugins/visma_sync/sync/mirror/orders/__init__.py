"""Orders of a mirrored run: made as drafts, compared, and turned into orders."""
