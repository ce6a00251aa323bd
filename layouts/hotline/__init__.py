"""The hotline shift leader's page: the volume against what was to be expected, why it differs, and what to do."""
