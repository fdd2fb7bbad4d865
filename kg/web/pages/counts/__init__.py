"""Pages of counts in tables: outcomes, the two sides, months, and what is cited together."""
