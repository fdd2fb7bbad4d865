"""What questions ask of decisions beyond the filters: the table of facets, and what computes their values."""
