"""The flows in which source and target of the pair are exchanged."""
