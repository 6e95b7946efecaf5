"""The ledger: transactions, postings, balances, and the salts of commitments."""
