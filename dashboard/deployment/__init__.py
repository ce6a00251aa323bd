"""What an operator does with an installation as a whole: files for a host, readiness, backup, restore, licences."""
