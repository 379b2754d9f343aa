"""Orders: what the settings decide about one, and how it becomes an order of the target."""
