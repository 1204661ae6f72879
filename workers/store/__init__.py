"""What marsad knows, kept: SQLite or PostgreSQL by URL. The store is the truth; the queues only say what to do next.

database   connections, transactions, migrations
schema     the tables
sources    where outlets announce articles, and every look at them
items      the items under way: found, worked on, ended exactly once
results    captures, articles and records
counts     how many there are of everything, and whether the sums agree
"""
