"""One module a chapter: arrays in, a matplotlib figure out."""
