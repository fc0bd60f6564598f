"""What attackers with one key, or with the file, get done."""
