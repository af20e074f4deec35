"""The page in a real browser, before one server of its own and an orchestrator that is scripted."""
