"""How an installation runs: its log, the embedded Redis, the child processes, the lock of its folder."""
