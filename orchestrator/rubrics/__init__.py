"""What is judged: the rubrics we bring, and what any rubric must be."""
