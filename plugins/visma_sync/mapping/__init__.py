"""The mapping language: which source field becomes which record field, and which target field."""
