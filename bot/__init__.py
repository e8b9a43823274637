"""The 12345 assistant: channels, danger, knowledge, tickets, desk. It imports nothing of Rasa."""
