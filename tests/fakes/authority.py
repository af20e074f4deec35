"""Issues certificates into folders, as cert-manager mounts and renews them."""

from pathlib import Path

import trustme


class Authority:
    """Issues certificates that hold a name and are valid for the loopback."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def issue(self, folder: Path, name: str) -> Path:
        """Writes or renews a certificate; a link switches all files at once."""
        issued = self._ca.issue_cert(name, "127.0.0.1", common_name=name)
        version = folder / f"..v{1 + sum(1 for _ in folder.glob('..v*'))}"
        version.mkdir(parents=True)
        issued.private_key_pem.write_to_path(version / "tls.key")
        for pem in issued.cert_chain_pems:
            pem.write_to_path(version / "tls.crt", append=True)
        self._ca.cert_pem.write_to_path(version / "ca.crt")
        link = folder / "..new"
        link.symlink_to(version.name)
        link.replace(folder / "..data")
        for file in ("tls.key", "tls.crt", "ca.crt"):
            if not (folder / file).is_symlink():
                (folder / file).symlink_to(f"..data/{file}")
        return folder
