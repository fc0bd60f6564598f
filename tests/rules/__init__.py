"""The rule book, from both sides: what is refused before writing, and found when reading."""
