"""Figures with an address: what they are counted from, and how they are cited."""
