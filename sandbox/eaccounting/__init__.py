"""Visma eAccounting API v2 and its identity server, imitated from the published description."""
