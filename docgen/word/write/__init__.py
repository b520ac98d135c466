"""Making Word files from nothing: styles, tables, content controls, pages, and the package around them."""
