"""
SHA-256 without OpenSSL: hashlib loads that library for the same digest, which takes longer than reading an article.
"""

from __future__ import annotations

__all__ = ["sha256"]

try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256
