"""What orders and invoices share: their buyers, their VAT treatment, and what both need to exist first."""
