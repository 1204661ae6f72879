"""Bring pages and keep them: a transport (the network, or recordings of it), a verdict on the answer, the archive.

The only user of httpx2. A transport answers with values, never with exceptions.
"""
