"""How fast govgraph is: a made-up city, what is done with it, what a user would write instead, and the report."""
