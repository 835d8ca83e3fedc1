"""`python -m govgraph.api` is the command `govgraph`."""

from .cli import main

main()
