"""What a file is by its content, not by its name; and an image without what its camera wrote into it. Pure.

Only kinds that a case needs are taken, none that a browser would run.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import filetype
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from bot.errors import Refused
from bot.messages import FileKind, clean_text

MAX_BYTES = 20 * 2**20
"""What a bot may fetch from Telegram; the same for everybody."""

MAX_PIXELS = 60_000_000
"""A picture that unpacks to more is an attack, not a photo."""

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
"""Content types of images that can be cleaned, with Pillow's name of the format."""

OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, tuple[str, FileKind]] = {
    "image/jpeg": (".jpg", "photo"),
    "image/png": (".png", "photo"),
    "image/webp": (".webp", "photo"),
    "image/gif": (".gif", "photo"),
    "audio/ogg": (".ogg", "voice"),
    "audio/mpeg": (".mp3", "voice"),
    "audio/mp4": (".m4a", "voice"),
    "audio/aac": (".aac", "voice"),
    "audio/amr": (".amr", "voice"),
    "audio/x-wav": (".wav", "voice"),
    "video/mp4": (".mp4", "video"),
    "video/quicktime": (".mov", "video"),
    "video/webm": (".webm", "video"),
    "video/3gpp": (".3gp", "video"),
    "application/pdf": (".pdf", "document"),
    "application/msword": (".doc", "document"),
    "application/vnd.ms-excel": (".xls", "document"),
    f"{OFFICE}wordprocessingml.document": (".docx", "document"),
    f"{OFFICE}spreadsheetml.sheet": (".xlsx", "document"),
    f"{OFFICE}presentationml.presentation": (".pptx", "document"),
    "text/plain": (".txt", "document"),
}
"""Content types that are taken, with the ending of their names and how they are shown."""


@dataclass(frozen=True)
class Checked:
    """A file that may be kept. `place` is where a photo says it was taken: latitude, longitude; None if it does not."""

    content: bytes
    content_type: str
    name: str
    kind: FileKind
    place: tuple[float, float] | None


def check(content: bytes, name: str) -> Checked:
    """The file as it may be kept, with a name that fits what it is.

    Raises Refused: file_empty, file_too_large, file_type (not of a kind that is taken), file_broken.
    """
    if not content:
        raise Refused("file_empty", "an empty file")
    if len(content) > MAX_BYTES:
        raise Refused("file_too_large", "a file of more than 20 MB")
    content_type = _type_of(content)
    if content_type not in KINDS:
        raise Refused("file_type", "a kind of file that is not taken")
    ending, kind = KINDS[content_type]
    place = None
    if content_type in IMAGES:
        content, place = _cleaned(content, IMAGES[content_type])
    return Checked(content, content_type, safe_name(name, ending, kind), kind, place)


def safe_name(name: str, ending: str, kind: str) -> str:
    """The name without folders, control characters and a false ending."""
    stem = PurePath(clean_text(name).replace("\\", "/")).stem.strip(" .")
    plain = "".join(char for char in stem if char.isalnum() or char in " -_()（）·")[:80].strip()
    return (plain or kind) + ending


def _type_of(content: bytes) -> str:
    guessed = filetype.guess(content)
    if guessed is not None:
        return str(guessed.mime)
    return "text/plain" if _is_plain_text(content) else ""


def _is_plain_text(content: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Markup is text too, and must not reach a browser under any name.
        return not text.lstrip("\ufeff \r\n\t").startswith("<") and all(
            char >= " " or char in "\r\n\t" for char in text
        )
    return False


def _cleaned(content: bytes, wanted: str) -> tuple[bytes, tuple[float, float] | None]:
    """The picture drawn anew, upright, with nothing beside its pixels; and where it was taken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Refused("file_broken", "a picture of too many pixels")
                place = _place_of(image)
                return _drawn(image, wanted), place
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise Refused("file_broken", f"a picture that cannot be read: {type(error).__name__}") from None
    except Image.DecompressionBombError:
        raise Refused("file_broken", "a picture of too many pixels") from None


def _drawn(image: Image.Image, wanted: str) -> bytes:
    output = io.BytesIO()
    if getattr(image, "is_animated", False) and wanted in {"GIF", "WEBP"}:
        image.info.pop("comment", None)
        image.save(output, wanted, save_all=True, exif=b"", xmp=b"", comment=b"")
        return output.getvalue()
    upright = ImageOps.exif_transpose(image)
    # What the file said beside its pixels stands in `info`; only what changes their look is kept.
    upright.info = {name: upright.info[name] for name in ("transparency", "icc_profile") if name in upright.info}
    options: dict[str, Any] = {"quality": 90} if wanted in {"JPEG", "WEBP"} else {}
    if wanted == "JPEG" and upright.mode not in {"RGB", "L", "CMYK"}:
        upright = upright.convert("RGB")
    upright.save(output, wanted, icc_profile=upright.info.get("icc_profile"), **options)
    return output.getvalue()


def _place_of(image: Image.Image) -> tuple[float, float] | None:
    gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef, "N"))
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef, "E"))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    if (latitude, longitude) == (0.0, 0.0) or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return latitude, longitude


def _degrees(parts: Any, reference: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return round(-value if reference in {"S", "W"} else value, 6)
