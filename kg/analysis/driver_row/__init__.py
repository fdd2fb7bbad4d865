"""One row of the drivers: the query that counts it, and how far its figures can be trusted."""
