"""Makes the Maven artifact example.chorus:chorus-client, in the layout of a Maven repository."""

import hashlib
import re
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from clients.packages.contract import (
    DESCRIPTION,
    LICENSE,
    VERSION,
    ToolchainError,
    generate,
    proto_files,
    require,
    run,
    tree,
    write_zip,
)

GROUP, ARTIFACT = "example.chorus", "chorus-client"
_JARS = Path("/usr/share/java")
_NEEDED = (
    *("grpc-api", "grpc-protobuf", "grpc-protobuf-lite", "grpc-stub", "protobuf", "guava"),
    "geronimo-annotation-1.3-spec",
)
# It runs once, and is done before the second compiler of the JVM pays.
_QUICK = ("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")
_MANIFEST = "Manifest-Version: 1.0\nAutomatic-Module-Name: example.chorus.client\n\n"


def build_artifact(into: Path) -> None:
    """Writes the jar, the jar of the sources and the pom below `into`, with checksums.

    Raises:
        ToolchainError: javac, protoc, its plugin or Debian's jars of gRPC are missing.

    """
    classpath = [str(_JARS / f"{each}.jar") for each in _NEEDED]
    require("buf", "javac", "protoc", "grpc_java_plugin", *classpath)
    served = into.joinpath(*GROUP.split("."), ARTIFACT, VERSION)
    name = f"{ARTIFACT}-{VERSION}"
    meta: dict[str, Path | str] = {"META-INF/MANIFEST.MF": _MANIFEST, "META-INF/LICENSE": LICENSE}
    # At their import paths, where the plugins of Maven and Gradle look for them.
    meta |= proto_files()
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        generate("java", work)
        source = work / "build/generated"
        # Google's error details come with proto-google-common-protos.
        sources = {path: file for path, file in tree(source, "*.java").items() if path.startswith("example/")}
        (work / "sources").write_text("\n".join(str(file) for file in sources.values()), "utf-8")
        options = ("--release", "11", "-encoding", "UTF-8", "-nowarn", "-proc:none", *_QUICK)
        run("javac", *options, "-classpath", ":".join(classpath), "-d", "classes", "@sources", folder=work)
        write_zip(served / f"{name}.jar", meta | tree(work / "classes", "*.class"))
        write_zip(served / f"{name}-sources.jar", meta | sources)
        (served / f"{name}.pom").write_text(_pom(), "utf-8")
    for each in [file for file in served.iterdir() if file.suffix != ".sha1"]:
        digest = hashlib.sha1(each.read_bytes(), usedforsecurity=False).hexdigest()
        each.with_name(f"{each.name}.sha1").write_text(digest, "utf-8")


def _compiled_against(jar: str) -> str:
    """The version of one of Debian's jars: its name without one is a link to the name with it."""
    found = re.search(r"-(\d[\d.]*)$", (_JARS / f"{jar}.jar").resolve().stem)
    if found is None:
        raise ToolchainError(f"{jar}.jar with a version in its name")
    return found[1]


def _pom() -> str:
    grpc, protobuf = _compiled_against("grpc-stub"), _compiled_against("protobuf")
    needed = (
        ("com.google.protobuf", "protobuf-java", protobuf),
        ("io.grpc", "grpc-protobuf", grpc),
        ("io.grpc", "grpc-stub", grpc),
        ("com.google.api.grpc", "proto-google-common-protos", "2.9.0"),
    )
    dependencies = "".join(
        f"    <dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version></dependency>\n"
        for group, artifact, version in needed
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>{GROUP}</groupId>
  <artifactId>{ARTIFACT}</artifactId>
  <version>{VERSION}</version>
  <packaging>jar</packaging>
  <name>{ARTIFACT}</name>
  <description>{escape(DESCRIPTION)}</description>
  <licenses><license><name>MIT</name></license></licenses>
  <dependencies>
{dependencies}  </dependencies>
</project>
"""
