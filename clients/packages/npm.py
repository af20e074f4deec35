"""Packs two npm packages: the stubs of @grpc/grpc-js with a connection, and those of Connect."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from clients.packages.contract import (
    DESCRIPTION,
    LICENSE,
    TYPESCRIPT,
    VERSION,
    generate,
    proto_files,
    require,
    run,
)

GRPC = "chorus-client-grpc"
CONNECT = "chorus-client-connect"
_PINS = json.loads((TYPESCRIPT / "package.json").read_text("utf-8"))
_TSCONFIG: dict[str, Any] = {
    "compilerOptions": {
        "target": "es2022",
        "module": "nodenext",
        "strict": True,
        "declaration": True,
        "skipLibCheck": True,
        "types": ["node"],
        "rootDir": "source",
        "outDir": "package/lib",
    },
    "include": ["source"],
}


def pack_grpc(into: Path) -> None:
    """Compiles what ts-proto generates, and the sample's connection, and packs them."""
    require("node", "npm", "buf", "protoc-gen-ts_proto", "tsc")
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        generate("typescript", work / "source")
        shutil.copy(TYPESCRIPT / "connection.ts", work / "source")
        (work / "node_modules").symlink_to(TYPESCRIPT / "node_modules")
        (work / "package.json").write_text('{"type": "module"}', "utf-8")
        (work / "tsconfig.json").write_text(json.dumps(_TSCONFIG), "utf-8")
        run("tsc", "--project", ".", folder=work)
        exports = {"./connection": _exported("connection"), "./*": _exported("generated/*")}
        _pack(work / "package", into, GRPC, exports, ("@bufbuild/protobuf", "@grpc/grpc-js"))


def pack_connect(into: Path) -> None:
    """Packs what protoc-gen-es generates; it is JavaScript with its types beside it."""
    require("node", "npm", "buf", "protoc-gen-es")
    with tempfile.TemporaryDirectory() as made:
        package = Path(made) / "package"
        generate("typescript", package / "lib", "buf.gen.connect.yaml")
        exports = {"./*": _exported("generated/*_pb")}
        _pack(package, into, CONNECT, exports, ("@bufbuild/protobuf", "@connectrpc/connect"))


def _exported(path: str) -> dict[str, str]:
    return {"types": f"./lib/{path}.d.ts", "default": f"./lib/{path}.js"}


def _pack(
    package: Path, into: Path, name: str, exports: dict[str, dict[str, str]], needed: tuple[str, ...]
) -> None:
    pins = _PINS["dependencies"] | _PINS["devDependencies"]
    manifest = {
        "name": name,
        "version": VERSION,
        # Nothing is published by accident.
        "private": True,
        "description": DESCRIPTION,
        "license": "MIT",
        "type": "module",
        "engines": {"node": ">=20"},
        "files": ["lib", "protos"],
        "exports": exports | {"./package.json": "./package.json"},
        "dependencies": {each: f"^{pins[each]}" for each in needed},
    }
    (package / "package.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    for path, file in proto_files().items():
        (package / "protos" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, package / "protos" / path)
    shutil.copy(LICENSE, package)
    shutil.copy(Path(__file__).with_name(f"{name}.md"), package / "README.md")
    into.mkdir(parents=True, exist_ok=True)
    run("npm", "pack", "--silent", "--pack-destination", str(into), folder=package)
