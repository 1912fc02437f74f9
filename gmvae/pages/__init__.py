"""What the prose pages of the book read, told in sentences and tables."""
