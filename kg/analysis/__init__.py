"""What the links show: drivers of outcomes, related cases, networks."""
