"""The clients of both systems."""
