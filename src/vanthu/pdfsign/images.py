"""Signature and seal images: PNG with transparency, as PDF image objects."""

from __future__ import annotations

import functools
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from vanthu.pdfsign.errors import BadImage

#: A 36 mm seal at 600 dots per inch is 850 pixels wide; more only makes the file heavier.
_LONGEST_SIDE = 1200
_MOST_PIXELS = 25_000_000


@dataclass(frozen=True)
class Picture:
    """One image, compressed and ready to embed any number of times."""

    width: int
    height: int
    colours: bytes
    #: None when the image has no transparency.
    transparency: bytes | None


def load_picture(source: Path | bytes) -> Picture:
    """Read a PNG from a file or from bytes; the same content is decoded once per process.

    Raises BadImage for anything that is not a PNG, or is absurdly large.
    """
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise BadImage from error
    return _decode(data)


@functools.lru_cache(maxsize=64)
def _decode(data: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise BadImage("Ảnh chữ ký hoặc ảnh dấu quá lớn; hãy dùng ảnh PNG nhỏ hơn 25 triệu điểm ảnh.")
            picture = image.convert("RGBA")
    except BadImage:
        raise
    except Exception as error:
        # What Pillow makes of a picture somebody broke is no short list, and grows with each of its versions.
        raise BadImage from error
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    alpha = picture.getchannel("A")
    opaque = alpha.getextrema() == (255, 255)
    return Picture(
        width=picture.width,
        height=picture.height,
        colours=zlib.compress(picture.convert("RGB").tobytes(), 9),
        transparency=None if opaque else zlib.compress(alpha.tobytes(), 9),
    )


def embed_picture(writer: BasePdfFileWriter, picture: Picture) -> generic.IndirectObject:
    """Add the image (and its soft mask) to the document."""
    image = _image(picture, "/DeviceRGB", picture.colours)
    if picture.transparency is not None:
        image[pdf_name("/SMask")] = writer.add_object(_image(picture, "/DeviceGray", picture.transparency))
    return writer.add_object(image)


def _image(picture: Picture, space: str, compressed: bytes) -> generic.StreamObject:
    return generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Image"),
            pdf_name("/Width"): generic.NumberObject(picture.width),
            pdf_name("/Height"): generic.NumberObject(picture.height),
            pdf_name("/ColorSpace"): pdf_name(space),
            pdf_name("/BitsPerComponent"): generic.NumberObject(8),
            pdf_name("/Filter"): pdf_name("/FlateDecode"),
        },
        encoded_data=compressed,
    )
