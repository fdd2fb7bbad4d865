"""Read California's Independent Medical Review letters into a knowledge graph."""
