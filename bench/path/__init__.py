"""The processor time of a review on its way through the processes, against that of the SDK alone."""
