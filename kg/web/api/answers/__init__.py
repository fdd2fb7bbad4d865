"""What the API answers, as types: lists and things in full, and their short forms; the addresses in them."""
