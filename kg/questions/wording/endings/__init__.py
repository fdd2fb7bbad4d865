"""How questions say how decisions, and letters as wholes, ended."""
