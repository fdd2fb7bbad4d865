"""Values to triples: terms, IRIs and what a determination says in them."""
