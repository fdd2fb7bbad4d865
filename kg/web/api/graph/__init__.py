"""``/api``: the graph of what letters have, node by node."""
