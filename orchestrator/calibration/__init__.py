"""What earlier scores say about the models that gave them."""
