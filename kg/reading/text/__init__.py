"""What all reading shares: grammars run fast, words tidied and folded, values moved to their place."""
