"""Makes the Go module chorus.example, as the files that a Go module proxy serves."""

import json
import tempfile
from pathlib import Path

from clients.packages.contract import LICENSE, VERSION, generate, proto_files, require, run, tree, write_zip

# The path is the contract's own, `go_package`, so that generated code of others imports the same packages.
MODULE = "chorus.example"
# The least that what protoc-gen-go-grpc writes compiles with: grpc.SupportPackageIsVersion7.
_GRPC = "v1.32.0"


def build_module(into: Path) -> None:
    """Writes `into`/chorus.example/@v, which GOPROXY=file://`into` finds."""
    require("buf", "protoc-gen-go", "protoc-gen-go-grpc")
    version = f"v{VERSION}"
    runtime = run("protoc-gen-go", "--version", folder=into.parent).split()[-1]
    go_mod = (
        f"module {MODULE}\n\ngo 1.19\n\n"
        f"require (\n\tgoogle.golang.org/grpc {_GRPC}\n\tgoogle.golang.org/protobuf {runtime}\n)\n"
    )
    served = into / MODULE / "@v"
    with tempfile.TemporaryDirectory() as made:
        generate("go", Path(made))
        source = Path(made) / "build/src" / MODULE
        files: dict[str, Path | str] = {**tree(source, "*.go"), "go.mod": go_mod, "LICENSE": LICENSE}
        files |= {f"protos/{path}": file for path, file in proto_files().items()}
        files["README.md"] = Path(__file__).with_name("go-module.md")
        write_zip(served / f"{version}.zip", {f"{MODULE}@{version}/{each}": files[each] for each in files})
    (served / f"{version}.mod").write_text(go_mod, "utf-8")
    (served / f"{version}.info").write_text(json.dumps({"Version": version}) + "\n", "utf-8")
    (served / "list").write_text(f"{version}\n", "utf-8")
