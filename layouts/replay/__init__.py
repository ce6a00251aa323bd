"""What happened in a past period, played again for whoever asks where the minutes went."""
