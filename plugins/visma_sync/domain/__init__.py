"""Records and money, free of any vendor's words: what an order, a customer and a product are."""
