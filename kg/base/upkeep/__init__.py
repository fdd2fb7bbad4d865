"""Changes by hand, checks for loss and damage, validation."""
