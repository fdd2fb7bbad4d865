"""What reviewers state: grounds by what is cited and requested, and sentences that letters repeat."""
