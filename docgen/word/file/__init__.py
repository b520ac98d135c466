"""A Word file as a file: opened safely, its parts read and packed. The ground of the other rooms of `docgen.word`."""
