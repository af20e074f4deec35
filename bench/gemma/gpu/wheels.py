"""`python -m bench.gemma.gpu.wheels FOLDER`: the wheels for a machine that has torch but no network.

Such a machine may have other versions of the libraries than `constraints.txt`; the wheels come first there.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# Numpy, onnxruntime, pillow, regex and torch are taken as they are there; another onnx wants another
# protobuf.
_NAMES = (
    "attrs",
    "bitsandbytes",
    "googleapis-common-protos",
    "grpcio",
    "grpcio-health-checking",
    "grpcio-reflection",
    "jsonschema",
    "jsonschema-specifications",
    "llguidance",
    "onnx",
    "opentelemetry-api",
    "protobuf",
    "pytest-asyncio",
    "referencing",
    "rpds-py",
    "tokenizers",
    "transformers",
    "typing-extensions",
)
_PYTHON = "3.12"
# Pip takes a platform's name literally, and wheels name the oldest glibc that they run with.
_PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in range(39, 16, -1)] + ["manylinux2014_x86_64"]
# Left out: bitsandbytes' libraries for other versions of CUDA than 13, 36 MiB, and the tests of onnx.
_LEFT_OUT = re.compile(r"bitsandbytes/libbitsandbytes_(?!cpu|cuda13)\w+\.so|onnx/(backend/test|test)/.*")


def main(folder: Path) -> None:
    """Fills the folder anew and says what it weighs."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.whl"):
        old.unlink()
    pinned = dict(
        line.split("==")
        for line in Path("constraints.txt").read_text(encoding="utf-8").split()
        if "==" in line
    )
    versions = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pinned.items()}
    platforms = [word for each in _PLATFORMS for word in ("--platform", each)]
    with tempfile.TemporaryDirectory() as downloads:
        wanted = [f"{name}=={versions[name]}" for name in _NAMES]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run(  # noqa: S603 - our own list
            [
                *command,
                "--python-version",
                _PYTHON,
                "--implementation",
                "cp",
                *platforms,
                "-d",
                downloads,
                *wanted,
            ],
            check=True,
        )
        for wheel in Path(downloads).glob("*.whl"):
            _copied(wheel, folder / wheel.name)
    sizes = {each.name: each.stat().st_size for each in sorted(folder.glob("*.whl"))}
    for name, size in sizes.items():
        print(f"{size / 2**20:7.2f} MiB  {name}")
    print(
        f"{sum(sizes.values()) / 2**20:7.2f} MiB  {len(sizes)} wheels for Python {_PYTHON} on Linux, x86-64"
    )


def _copied(wheel: Path, target: Path) -> None:
    """Copies a wheel without what is left out, which its list of files does not name either."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as smaller:
        for each in source.infolist():
            data = source.read(each)
            if _LEFT_OUT.fullmatch(each.filename):
                continue
            if each.filename.endswith(".dist-info/RECORD"):
                rows = data.decode().splitlines(keepends=True)
                data = "".join(row for row in rows if not _LEFT_OUT.fullmatch(row.partition(",")[0])).encode()
            smaller.writestr(each, data)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".whl"))
