"""The clean stage: a capture becomes an article, or ends as a page that holds none (`page.clean`)."""
