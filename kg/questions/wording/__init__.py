"""How questions call things in words that no vocabulary lists, and what phrases mean together."""
