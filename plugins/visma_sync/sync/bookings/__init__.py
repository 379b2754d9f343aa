"""Bookings: invoices of the source become journal transactions of the target."""
