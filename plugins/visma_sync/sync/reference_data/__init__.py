"""The lists that both companies keep: read daily, with what changed, and what that means for the settings."""
