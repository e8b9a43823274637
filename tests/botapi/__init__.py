"""A Bot API server of our own: what Telegram does to a bot, and what it refuses, on 127.0.0.1 (test double)."""
