"""日报, 周报, 月报, 专报: sentences made from named queries, edited by an officer, approved by a leader, kept."""
