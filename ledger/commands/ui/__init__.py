"""What all commands share: settings, help texts, usage errors, progress."""
