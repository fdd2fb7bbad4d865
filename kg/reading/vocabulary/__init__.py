"""The vocabularies in ``ontology/``, as reading looks words up in them."""
