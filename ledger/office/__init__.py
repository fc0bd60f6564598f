"""What people do: people and their keys, signing, approvals, decisions, public notices, business days, evidence."""

__all__ = [
    "agreements",
    "approvals",
    "business_days",
    "decisions",
    "evidence",
    "mappings",
    "operators",
    "people",
    "public_notices",
    "signing",
    "standing",
]
