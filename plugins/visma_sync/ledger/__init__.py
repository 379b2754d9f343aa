"""The project's own database: links, outcomes, intents, attempts, tokens and turns."""
