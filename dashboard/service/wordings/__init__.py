"""What agents are to say (口径): given by an officer, in versions, with who has read it."""
