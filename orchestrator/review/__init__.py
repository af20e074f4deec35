"""Reviews one submission, from the checked request to the response."""
