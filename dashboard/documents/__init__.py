"""Files for people: spreadsheets, and briefs as PDF and Word. Made in a process of their own that ends with the file.

`python -m dashboard.documents` makes one; `making` starts it. The libraries are imported in that process alone
(docs/decisions/documents.md).
"""
