"""Every kind of row about money, spoilt: the statement, and what the check has to name then.

The people and payments are those of `tests/backend/money/checking`.
"""

from __future__ import annotations

OF_ONE_POSTING = {"ledger_posting.amount", "ledger_txn.input_hash", "ledger_txn.leaf"}
SPOILT: dict[str, tuple[str, set[str]]] = {
    "the amount of a posting": (
        "UPDATE ledger_posting SET amount = amount + 1 WHERE seq = 0 AND account = 'sales'",
        OF_ONE_POSTING | {"ledger_balance.credits", "sales posted in USD"},
    ),
    "the account of a posting": (
        "UPDATE ledger_posting SET account = 'fx' WHERE seq = 0 AND account = 'fees'",
        {
            "ledger_txn.input_hash",
            "ledger_txn.leaf",
            "ledger_balance",
            "ledger_balance.debits",
            "fees posted in USD",
            "fx posted in USD",
        },
    ),
    "an owner in a posting": (
        "UPDATE ledger_posting SET account = 'partner.pending:' || :bob "
        "WHERE seq = 0 AND account = 'partner.pending:' || :ann",
        {
            "ledger_txn.input_hash",
            "ledger_salt",
            "ledger_balance",
            "ledger_balance.credits",
            "commission positions",
        },
    ),
    "the level of a posting": (
        "UPDATE ledger_posting SET level = 2 WHERE seq = 0 AND account LIKE 'partner%'",
        {"ledger_txn.input_hash", "ledger_txn.leaf", "commission posted"},
    ),
    "a lost posting": (
        "DELETE FROM ledger_posting WHERE seq = 0 AND account = 'tax'",
        OF_ONE_POSTING | {"ledger_balance.credits", "tax posted in USD"},
    ),
    "the kind of an entry": (
        "UPDATE ledger_txn SET kind = 'refund' WHERE seq = 0",
        {"ledger_txn.input_hash", "ledger_txn.leaf"},
    ),
    "the time of an entry": (
        "UPDATE ledger_txn SET at = at + 1000000 WHERE seq = 0",
        {"ledger_txn.input_hash", "ledger_txn.leaf"},
    ),
    "what an entry corrects": (
        "UPDATE ledger_txn SET reverses = 99 WHERE seq = 0",
        {"ledger_txn.input_hash", "ledger_txn.reverses"},
    ),
    "an input hash": (
        "UPDATE ledger_txn SET input_hash = leaf_hash WHERE seq = 0",
        {"ledger_txn.input_hash"},
    ),
    "a leaf": (
        "UPDATE ledger_txn SET leaf = replace(leaf, 'sale', 'sole') WHERE seq = 0",
        {"ledger_txn.leaf", "ledger_txn.leaf_hash"},
    ),
    "the hash of a leaf": (
        "UPDATE ledger_txn SET leaf_hash = input_hash WHERE seq = 0",
        {"ledger_txn.leaf_hash"},
    ),
    "a salt": (
        "UPDATE ledger_salt SET salt = leaf_hash FROM ledger_txn WHERE owner = :ann AND seq = 0",
        {"ledger_txn.leaf"},
    ),
    "a lost salt": ("DELETE FROM ledger_salt WHERE owner = :ann", {"ledger_salt"}),
    "a salt that is none": (
        "UPDATE ledger_salt SET salt = 'salt' WHERE owner = :ann",
        {"ledger_txn"},
    ),
    "a kind that is none": (
        "UPDATE ledger_txn SET kind = 'gift' WHERE seq = 0",
        {"ledger_txn"},
    ),
    "a state that is none": (
        "UPDATE commission SET state = 'lost' WHERE payment = :p0",
        {"ledger_balance", "payment"},
    ),
    "the number of entries": (
        "UPDATE ledger_head SET size = size + 1",
        {"ledger_head.size"},
    ),
    "a balance's debits": (
        "UPDATE ledger_balance SET debits = debits + 1 WHERE account = 'sales'",
        {"ledger_balance.debits"},
    ),
    "a balance's credits": (
        "UPDATE ledger_balance SET credits = credits + 1 WHERE account = 'sales'",
        {"ledger_balance.credits"},
    ),
    "a balance's side": (
        "UPDATE ledger_balance SET sign = 0 WHERE account = 'partner.pending:' || :ann",
        {"ledger_balance.sign"},
    ),
    "a lost balance": (
        "DELETE FROM ledger_balance WHERE account = 'partner.available:' || :ann",
        {"ledger_balance"},
    ),
    "a balance too many": (
        "INSERT INTO ledger_balance (tenant, account, currency, debits, credits, sign) "
        "VALUES ('default', 'sales', 'EUR', 0, 5, 0)",
        {"ledger_balance.credits"},
    ),
    "what was returned": (
        "UPDATE payment SET returned = returned + 100 WHERE id = :p1",
        {
            "payment.returned",
            "cash posted in USD",
            "sales posted in USD",
            "tax posted in USD",
            "commission.booked",
        },
    ),
    "the tax of a payment": (
        "UPDATE payment SET tax = tax - 100 WHERE id = :p0",
        {"sales posted in USD", "tax posted in USD", "commission.booked"},
    ),
    "the fee of a payment": (
        "UPDATE payment SET fee = fee + 1 WHERE id = :p0",
        {"cash posted in USD", "fees posted in USD"},
    ),
    "further fees of a payment": (
        "UPDATE payment SET fees_more = fees_more + 1 WHERE id = :p0",
        {"payment.fees_more", "cash posted in USD", "fees posted in USD"},
    ),
    "whether a payment is charged back": (
        "UPDATE payment SET is_disputed = (gross < 0) WHERE id = :p2",
        {"payment.is_disputed", "commission.is_disputed"},
    ),
    "how long a chargeback took": (
        "UPDATE payment SET held = held + 1 WHERE id = :p0",
        {"payment.held", "commission.hold_until"},
    ),
    "the months of a payment": (
        "UPDATE payment SET months = months + 1 WHERE id = :p0",
        {"payment.months"},
    ),
    "the months of a payment across a step": (
        "UPDATE payment SET months = 13 WHERE id = :p0",
        {"payment.months", "commission.booked", "commission.rate_bp"},
    ),
    "the plan of a payment": (
        "UPDATE payment SET plan = 'other' WHERE id = :p0",
        {"payment.plan"},
    ),
    "who stands above a payer": (
        "UPDATE payment SET chain = '[\"' || :bob || '\"]' WHERE id = :p0",
        {"payment.chain", "payment.months", "commission.beneficiary"},
    ),
    "an adjustment": (
        "UPDATE adjustment SET amount = amount + 1 WHERE ref = 're_1'",
        {"payment.returned"},
    ),
    "a lost adjustment": (
        "DELETE FROM adjustment WHERE ref = 'du_2'",
        {"payment.is_disputed"},
    ),
    "what is booked": (
        "UPDATE commission SET booked = booked + 1 WHERE payment = :p0",
        {
            "commission.booked",
            "commission posted in USD",
            "commission posted",
            "commission positions",
        },
    ),
    "what payouts claimed": (
        "UPDATE commission SET settled = 1 WHERE payment = :p0",
        {"commission.state", "commission.settled", "commission positions"},
    ),
    "whose a commission is": (
        "UPDATE commission SET beneficiary = :bob WHERE payment = :p0",
        {"commission.beneficiary", "commission positions"},
    ),
    "the rate of a commission": (
        "UPDATE commission SET rate_bp = rate_bp + 1 WHERE payment = :p0",
        {"commission.rate_bp"},
    ),
    "the state of a commission": (
        "UPDATE commission SET state = 'paid' WHERE payment = :p0",
        {"commission.state"},
    ),
    "the end of a hold": (
        "UPDATE commission SET hold_until = hold_until - 1 WHERE payment = :p3",
        {"commission.hold_until"},
    ),
    "a commission that matured too early": (
        "UPDATE commission SET matured_at = matured_at - 1 WHERE payment = :p0",
        {"commission.matured_at"},
    ),
    "a commission that lost its maturity": (
        "UPDATE commission SET matured_at = NULL WHERE payment = :p0",
        {"commission.state", "commission positions"},
    ),
    "the hold of a chargeback": (
        "UPDATE commission SET is_disputed = (level < 0) WHERE payment = :p2",
        {"commission.is_disputed", "commission.state", "commission positions"},
    ),
    "the currency of a commission": (
        "UPDATE commission SET currency = 'EUR' WHERE payment = :p0",
        {"commission.currency", "commission positions"},
    ),
    "a lost commission": (
        "DELETE FROM commission WHERE payment = :p0",
        {"commission", "commission posted in USD", "commission posted", "commission positions"},
    ),
    "a commission too many": (
        "INSERT INTO commission (tenant, payment, level, line, beneficiary, rate_bp, currency, "
        "booked, settled, state, hold_until, is_disputed, is_held) "
        "SELECT tenant, payment, 2, line, :bob, rate_bp, currency, booked, settled, 'pending', "
        "hold_until, is_disputed, is_held FROM commission WHERE payment = :p3",
        {
            "commission.booked",
            "commission.beneficiary",
            "commission.rate_bp",
            "commission posted in USD",
            "commission posted",
        },
    ),
    "who brought whom": (
        "UPDATE referral SET referrer = :bob WHERE referred = :bob",
        {"payment.chain", "referral.referrer"},
    ),
}  # fmt: skip
