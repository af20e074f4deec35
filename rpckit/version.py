"""The version of Chorus. pyproject.toml reads it from here, because images hold no package metadata."""

VERSION = "0.2.0"

# The key under which every call's trailing metadata carries the version of the server.
VERSION_KEY = "x-chorus-version"
