"""Products: what is written of one, and that it is there when a sale needs it."""
