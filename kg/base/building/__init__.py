"""Letters into the next generation of a knowledge base."""
