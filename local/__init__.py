"""The project on one machine: install it, run it, show it. Never imported by what runs in production."""
