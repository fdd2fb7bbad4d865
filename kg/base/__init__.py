"""One knowledge base on disk and its parts: graph, facts, letters, ledger."""
