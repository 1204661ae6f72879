"""Arabic as it is written: letters, tokens, clitics, quotation marks and dates. The only user of camel-tools."""
