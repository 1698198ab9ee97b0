"""What the mail tests share: a certificate that nobody trusts yet."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.process import refuse


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1: its file, and the context of a server that shows it."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        refuse("openssl is not installed (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("certificate")
    path, key = folder / "certificate.pem", folder / "key.pem"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    written = ["-keyout", str(key), "-out", str(path)]
    subprocess.run(["openssl", "req", "-x509", *curve, *named, *written], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path, key)
    return Certificate(path, context)
