"""The graph in the terms of other libraries. Each module bears the name of the library and needs it installed."""
