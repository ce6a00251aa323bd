"""What a leader reads and says: the picture of `/leader`, its lists, the day, and 批示."""
