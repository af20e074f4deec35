"""The RPC kit that every process of Chorus stands on: bootstrap, drain, health, errors, deadlines, logs."""
