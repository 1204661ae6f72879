"""marsad: from an outlet's page to a record with the words that prove it.

outlet --watch--> entry --fetch--> capture --clean--> article --tag--> record

items, urls, config   the values that travel, their identity, what is configured
arabic                letters, tokens, clitics, calendar
watch fetch clean tag the stages, one folder each; none imports another
store                 schema, reads, writes, migrations (SQLite or PostgreSQL)
road, stages, route   what the stages work with, what each does, their order
app, engine           the same order as Celery tasks; everything on one machine
operate, cli          logging, embedded Redis, processes; the `marsad` command
"""
