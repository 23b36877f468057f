"""What comes in: feeds, lists of feeds, sitemaps, folders and tables, read into items; fetched, and remembered."""
