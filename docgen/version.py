"""The version of docgen, where every room can ask for it."""

VERSION = "0.2.0"
