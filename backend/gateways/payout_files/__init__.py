"""Payouts as the files that banks and providers take, and what they send back."""
