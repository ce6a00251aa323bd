"""Citizens' pages: report by a grid's code, and how far the report is."""
