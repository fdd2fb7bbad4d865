"""``/api``: the knowledge base as JSON."""
