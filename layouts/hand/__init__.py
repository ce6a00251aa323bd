"""The plain page for people with a phone or any desktop: no Dash, one shell for units, the field and rooms."""
