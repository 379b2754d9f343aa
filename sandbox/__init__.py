"""Visma eAccounting and Visma.net ERP imitated from their published descriptions, over real HTTP on this machine."""
