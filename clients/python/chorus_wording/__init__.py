"""Words a feedback for who reads it, in Korean and English; for whichever client."""
