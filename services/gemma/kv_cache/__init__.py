"""The KV cache: how big it is, whose keys and values it holds, and the attention that reads them."""
