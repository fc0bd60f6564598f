"""What verification asks of the records beyond their bytes, one module per subject."""

__all__ = [
    "log",
]
