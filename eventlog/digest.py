"""sha256 without `hashlib`, which loads OpenSSL: a quarter of a cold start."""

from __future__ import annotations

try:
    from _sha2 import sha256  # CPython 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256
    except ImportError:
        from hashlib import sha256

__all__ = ["sha256", "sha256_hex"]


def sha256_hex(text: bytes) -> str:
    """Lower-case hex of the digest of these bytes."""
    digest: str = sha256(text).hexdigest()
    return digest
