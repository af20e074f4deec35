"""The providers' APIs behind ModelService: one catalog, one seam, one table of errors for each."""
