"""Many models' feedback as one: a pure function, the same bytes in whatever order the answers came."""
