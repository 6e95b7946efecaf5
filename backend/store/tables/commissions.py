"""Plans, payments, what changed them later, and the commissions they earned."""
