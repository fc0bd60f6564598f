"""What people do: people and their keys, signing, approvals, decisions, public notices, business days, evidence."""

__all__ = [
    "agreements",
    "approvals",
    "business_days",
    "decisions",
    "evidence",
    "key_files",
    "mappings",
    "operators",
    "people",
    "public_notices",
    "signing",
    "standing",
]
