"""回放: a past period as the screens showed it, and where its minutes went; changes nothing but the audit."""
