"""What people do: people and their keys, signing, approvals, decisions, public notices, business days, evidence."""
