"""The secretary's desk: which papers are there and which are not, what is due when, what comes next."""
