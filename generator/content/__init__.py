"""Untrusted text becomes trusted documents; the only maker of trusted HTML."""
