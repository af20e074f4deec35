"""The providers' APIs behind ModelService: one catalog, one seam, one vocabulary of errors."""
