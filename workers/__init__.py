"""marsad: from an outlet's page to a record with the words that prove it.

outlet --watch--> entry --fetch--> capture --clean--> article --tag--> record

items, urls, reasons    the values that travel, their identity, why one ends early or waits
config, arabic          what is configured; letters, tokens, clitics, calendar
watch fetch clean tag   the stages, one folder each; none imports another
store                   schema, reads, writes, migrations (SQLite or PostgreSQL)
road, trouble           what the stages work with, what is remembered of hosts
polling, looks, hubs    a look at a source; asking its hub to push
stages, revisit, route  what each stage does, the later looks at an article, the order of the stages
checkup, pruning        `marsad verify` and `marsad prune`
retagging               `marsad retag`
app, engine             the same order as Celery tasks; everything on one machine
operate, desk, cli      Redis, slots, processes, logging; health, metrics, pushes; the `marsad` command
"""
