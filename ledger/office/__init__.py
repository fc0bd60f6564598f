"""What people do: people and their keys, signing, approvals, decisions, public notices, business days, evidence."""

__all__ = [
    "acts",
    "agreements",
    "approvals",
    "business_days",
    "challenges",
    "decisions",
    "duties",
    "duty",
    "evidence",
    "key_files",
    "mappings",
    "openings",
    "operators",
    "people",
    "public_notices",
    "sign",
    "signing",
    "standing",
    "successions",
    "writes",
]
