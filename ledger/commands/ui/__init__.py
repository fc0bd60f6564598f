"""What all commands share: settings, help texts, usage errors, progress."""

__all__ = [
    "answers",
    "command",
    "context",
    "counts",
    "helptext",
    "lazy",
    "progress",
    "signing",
    "spoken",
    "usage",
]
