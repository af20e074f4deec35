"""The work under review, made ready to be read, numbered and pointed at."""
