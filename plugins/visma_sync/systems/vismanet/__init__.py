"""Visma.net ERP: its core API and its SalesOrders API v3, two APIs of one system."""
