# ruff: noqa: INP001
# Flower's settings, which are Python by Flower's own rule. Without a password it is for this machine alone; in a
# container FLOWER_ADDRESS opens it to the network of the containers. FLOWER_BASIC_AUTH=user:password sets a password.
import os

address = os.environ.get("FLOWER_ADDRESS", "127.0.0.1")
port = int(os.environ.get("FLOWER_PORT") or os.environ.get("MARSAD_FLOWER_PORT") or 5555)
basic_auth = [pair for pair in os.environ.get("FLOWER_BASIC_AUTH", "").split(",") if pair]
max_tasks = 5000  # what it keeps in memory; the store knows the rest
