"""The owner's pages: one file a page, around one frame with one filter."""
