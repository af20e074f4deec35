"""The version of the library, which is that of the contract."""

VERSION = "0.2.0"
