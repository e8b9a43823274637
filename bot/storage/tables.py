"""Every module with tables, so that the metadata is whole after this import."""

from bot.storage import accounts, audit, conversations, desk, files, gaps, links, outbox, sent, tickets

__all__ = ["accounts", "audit", "conversations", "desk", "files", "gaps", "links", "outbox", "sent", "tickets"]
