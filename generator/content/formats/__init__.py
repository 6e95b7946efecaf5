"""The formats beside Markdown: each module turns one of them into untrusted HTML.

`to_html(text, path, pieces)` is all they share; the caller sanitises and rewrites links.
"""
