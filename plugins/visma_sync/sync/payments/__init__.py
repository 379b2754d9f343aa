"""Payments: what of an invoice's money is to be booked, on which invoices of the target, and how it gets there."""
