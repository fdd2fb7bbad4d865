"""``/sparql``: visitors' queries, guarded and run in processes of their own."""
