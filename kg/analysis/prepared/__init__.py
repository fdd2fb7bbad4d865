"""What is made of the decisions before any filter, so that a table under filters only picks of it."""
