"""Payees, batches, payouts and what each paid."""
