"""Prometheus counters of the service. Labels hold ids of the taxonomy only, never a word of a resident."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

UTTERANCES = Counter("hotline_utterances_total", "Utterances stored.", ["channel"])
REPLIES = Counter("hotline_replies_total", "Replies delivered.", ["author"])
CRISES = Counter("hotline_crises_total", "Crises raised or made worse.", ["kind", "level"])
HANDOFFS = Counter("hotline_handoffs_total", "Handoffs opened, danger aside.", ["reason"])
CLAIM_SECONDS = Histogram(
    "hotline_claim_seconds", "From handoff to claim, seconds.", buckets=(1, 5, 15, 30, 60, 180, 600, 3600)
)
TURN_SECONDS = Histogram("hotline_turn_seconds", "One turn of the assistant, seconds.")
TURN_FAILURES = Counter("hotline_turn_failures_total", "Turns that the assistant could not take.")
STORE_FAILURES = Counter("hotline_store_failures_total", "Utterances that the database did not take.")
