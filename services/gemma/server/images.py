"""An image as it was sent becomes one in the size that the model takes."""

import hashlib
import io
import struct
import zlib
from types import MappingProxyType

import PIL.Image
from PIL import ImageOps

from services.gemma.interface.generation_request import RgbImage

_FORMATS = MappingProxyType({"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"})
# Decoded, such an image takes some 200 MiB while it is made smaller.
MAX_PIXELS = 2**24
# Ours is stricter, and is asked before anything is decoded.
PIL.Image.MAX_IMAGE_PIXELS = None
# What Pillow raises where the data, or what they say of themselves, are damaged.
_DAMAGED = (OSError, SyntaxError, TypeError, ValueError, EOFError, struct.error, zlib.error)


class ImageFault(Exception):
    """An image that is not to be read; the text says why, without its field."""


def to_image(data: bytes, media_type: str, side: int) -> RgbImage:
    """Decodes an image. It is drawn to a square, as Gemma's own processor does it.

    Args:
        data: As it was sent, of a size and a format that modelkit allows.
        media_type: Says what `data` is.
        side: Width and height that the model takes.

    Raises:
        ImageFault: It has too many pixels, or is not what it is said to be.
    """
    try:
        # Of the file, this reads no more than the header.
        with PIL.Image.open(io.BytesIO(data), formats=(_FORMATS[media_type],)) as encoded:
            if encoded.width * encoded.height > MAX_PIXELS:
                raise ImageFault(f"more than {MAX_PIXELS} pixels")
            # Phones write down which way is up, and turn nothing.
            upright = ImageOps.exif_transpose(encoded).convert("RGB")
    except _DAMAGED as error:
        raise ImageFault(f"no whole {media_type}") from error
    colours = upright.resize((side, side), PIL.Image.Resampling.BILINEAR).tobytes()
    return RgbImage(colours, placeholder=~int.from_bytes(hashlib.sha256(colours).digest()))
