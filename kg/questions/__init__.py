"""Questions in words, read with a grammar and answered by what the analyses have."""
