"""The clients of both systems; each knows its vendor's words, and neither knows the other."""
