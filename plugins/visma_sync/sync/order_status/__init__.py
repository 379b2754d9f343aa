"""How the status of the orders that were sent follows what becomes of them."""
