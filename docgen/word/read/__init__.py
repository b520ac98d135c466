"""Reading Word documents that people filled in: the text and controls, old fonts, and the fixed text found again."""
