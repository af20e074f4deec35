"""A mixed load with faults, restarts and kills, against real processes on the loopback."""
