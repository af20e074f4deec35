"""Who is asked, how each model is asked, and what becomes of it."""
