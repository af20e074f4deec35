"""What every process of Chorus shares: bootstrap, drain, health, errors, deadlines, logs."""
