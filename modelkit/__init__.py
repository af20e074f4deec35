"""What every model server shares: the checks of a request, the answer form, the fence, the sums of usage."""
