"""The parts of the Telegram channel: reading updates, composing and sending messages, polling."""
