"""Decisions like a decision, cases like a case, and those that went the other way."""
