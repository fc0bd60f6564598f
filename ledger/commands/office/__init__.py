"""Commands for what people do: people, approvals, decisions, public notice, evidence."""
