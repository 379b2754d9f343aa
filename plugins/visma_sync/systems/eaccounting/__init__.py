"""Visma eAccounting (also eEkonomi), API v2: the source of sales."""
