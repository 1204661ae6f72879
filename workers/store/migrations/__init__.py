"""Alembic migrations; `env.py` is run by Alembic, the files under versions/ in their order."""
