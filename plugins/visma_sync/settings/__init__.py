"""What a business decides: statuses to send, branch, VAT treatment, default debtor and so on."""
