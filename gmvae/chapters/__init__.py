"""One module a chapter of the book, named like it: what it measures and what it tells."""
