"""Invoices: what the settings decide about one, and how it becomes an invoice or credit note of the target."""
