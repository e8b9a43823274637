"""What is taken, what is not, and what is left of a photo."""

import io

import pytest
from PIL import Image

from bot.errors import Refused
from bot.files.check import MAX_BYTES, check
from tests.channels.samples import EXE, HTML, MP4, OGG, PDF, photo


@pytest.mark.parametrize(
    ("content", "name", "content_type", "kept_as"),
    [
        (photo(), "IMG_1.jpeg", "image/jpeg", "IMG_1.jpg"),
        (photo(kind="PNG"), "a.jpg", "image/png", "a.png"),
        (photo(kind="WEBP"), "", "image/webp", "photo.webp"),
        (OGG, "", "audio/ogg", "voice.ogg"),
        (MP4, "clip.exe", "video/mp4", "clip.mp4"),
        (PDF, "../../etc/判决书.pdf", "application/pdf", "判决书.pdf"),
        ("路灯坏了\n".encode(), "note.html", "text/plain", "note.txt"),
        ("路灯坏了\n".encode("gb18030"), "note", "text/plain", "note.txt"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, name: str, content_type: str, kept_as: str) -> None:
    checked = check(content, name)
    assert (checked.content_type, checked.name) == (content_type, kept_as)


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"", "a.jpg", "file_empty"),
        (b"\xff\xd8\xff" + b"\x00" * MAX_BYTES, "a.jpg", "file_too_large"),
        (EXE, "photo.jpg", "file_type"),
        (HTML, "photo.jpg", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "file_type"),
        (b"PK\x03\x04" + b"\x00" * 100, "a.docx", "file_type"),
        (bytes(range(256)), "a.txt", "file_type"),
        (photo()[:200], "a.jpg", "file_broken"),
        (b"\xff\xd8\xff" + b"\x00" * 100, "a.jpg", "file_broken"),
    ],
)
def test_what_is_not_taken_is_refused_with_its_reason(content: bytes, name: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        check(content, name)
    assert refused.value.key == key


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_pixels_and_loses_all_else(kind: str) -> None:
    checked = check(photo((31.230400, 121.473700), kind), "a")
    assert checked.place == (31.2304, 121.4737)
    assert b"SecretCamera" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (48, 64), "turned upright, since nothing says any more how it was held"


def test_a_photo_without_a_place_offers_none() -> None:
    assert check(photo(), "a").place is None


def test_a_picture_of_too_many_pixels_is_not_unpacked() -> None:
    output = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(output, "PNG")
    with pytest.raises(Refused) as refused:
        check(output.getvalue(), "bomb.png")
    assert refused.value.key == "file_broken"
