"""`python -m docgen`: the command line, where the script `docgen` is not on the path."""

from docgen.cli import main

if __name__ == "__main__":
    main()
