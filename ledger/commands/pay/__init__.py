"""Commands that pay and take back: batches, channels, money, claw-backs, payees."""
