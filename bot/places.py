"""A shared place as the complaint form takes it: a label for people, and Rasa's payload that fills the slot. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from bot.messages import Place, Utterance

LABEL_LIMIT = 200


def label(place: Place, texts: Mapping[str, str]) -> str:
    """What the place is called: its own name, or its degrees. `texts` are the sentences of the resident's language."""
    name = " ".join(place.name.replace("{", "(").replace("}", ")").split())[:LABEL_LIMIT]
    point = f"{place.latitude:.5f}, {place.longitude:.5f}"
    return name or texts["places.point"].format(point=point)


def with_place(utterance: Utterance, texts: Mapping[str, str]) -> Utterance:
    """The utterance with its place named, in words and as the payload that puts it into the form."""
    assert utterance.place
    name = label(utterance.place, texts)
    payload = "/file_complaint" + json.dumps({"location": name}, ensure_ascii=False)
    return replace(utterance, place=replace(utterance.place, name=name), text=name, payload=payload)
