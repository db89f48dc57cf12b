"""Reading the first pages of office files."""
