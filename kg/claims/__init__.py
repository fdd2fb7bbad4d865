"""Claims about letters and figures, read with a grammar and checked part by part."""
