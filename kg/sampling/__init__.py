"""Letters of our own making: what they say, how they print it, and the truth about them."""
