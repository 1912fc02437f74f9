"""The article from end to end: chapters run by papermill, the book, the record."""
