"""Customers, subscriptions and the events of payment providers."""
