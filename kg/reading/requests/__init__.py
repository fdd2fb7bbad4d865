"""What is asked for: an item, its quantity, its service or drug, the part of the body."""
