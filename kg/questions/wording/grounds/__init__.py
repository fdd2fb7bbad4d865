"""How questions call the grounds that reviewers state, and say that one is met or not."""
