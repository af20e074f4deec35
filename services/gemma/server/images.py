"""Decodes an image and scales it to the size that the model takes."""

import hashlib
import io
import struct
import zlib
from types import MappingProxyType

import PIL.Image
from PIL import ImageOps

from services.gemma.interface.generation_request import RgbImage

_FORMATS = MappingProxyType({"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"})
# Scaling an image of this size down takes some 200 MiB.
MAX_PIXELS = 2**24
# Pillow's own limit is off: `MAX_PIXELS` is lower and is checked before anything is decoded.
PIL.Image.MAX_IMAGE_PIXELS = None
# What Pillow raises for damaged data or a damaged header.
_DAMAGED = (OSError, SyntaxError, TypeError, ValueError, EOFError, struct.error, zlib.error)


class ImageFault(Exception):
    """The image cannot be used. The message says why and does not name the field."""


def to_image(data: bytes, media_type: str, side: int) -> RgbImage:
    """Decodes an image and stretches it to a square, as Gemma's own processor does.

    Args:
        data: As it was sent, of a size and a format that modelkit allows.
        media_type: Says what `data` is.
        side: Width and height that the model takes.

    Raises:
        ImageFault: It has too many pixels, or is not what it is said to be.
    """
    try:
        # Opening reads the header alone.
        with PIL.Image.open(io.BytesIO(data), formats=(_FORMATS[media_type],)) as encoded:
            if encoded.width * encoded.height > MAX_PIXELS:
                raise ImageFault(f"more than {MAX_PIXELS} pixels")
            # Phones store a photo as the sensor saw it and note which way is up.
            upright = ImageOps.exif_transpose(encoded).convert("RGB")
    except _DAMAGED as error:
        raise ImageFault(f"no whole {media_type}") from error
    colours = upright.resize((side, side), PIL.Image.Resampling.BILINEAR).tobytes()
    return RgbImage(colours, placeholder=~int.from_bytes(hashlib.sha256(colours).digest()))
