"""What the phrases of a question mean together."""
