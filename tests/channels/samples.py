"""Small files of each kind, made here."""

import io

from PIL import Image

OGG = b"OggS\x00\x02" + b"\x00" * 22 + b"\x01\x13OpusHead" + b"\x00" * 40
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 60
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"
EXE = b"MZ\x90\x00" + b"\x00" * 200


def photo(place: tuple[float, float] | None = None, kind: str = "JPEG") -> bytes:
    """A picture as a phone takes it: with the camera's name, and where it was when `place` is given."""
    image = Image.new("RGB", (64, 48), (180, 120, 60))
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6
    if place:
        gps = exif.get_ifd(0x8825)
        for key, value, reference in ((2, place[0], "N"), (4, place[1], "E")):
            degrees, rest = int(value), (value - int(value)) * 60
            gps[key] = (float(degrees), float(int(rest)), round((rest - int(rest)) * 60, 4))
            gps[key - 1] = reference
    output = io.BytesIO()
    image.save(output, kind, exif=exif)
    return output.getvalue()
