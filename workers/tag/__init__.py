"""Article to tags: who is named, what happened between whom, who said what, and whether it is the topic's business.

loader, collisions, check           a topic's knowledge compiled; its faults; its examples run
reading, forms, lexicon             the text as words; written forms of verbs; the words that set rules off
entities, variants, names           who is named; unseen spellings; a recogniser's names for review
home, newcomers, called             whose the offices and villages without a country are; people whom no file names
party, parties, titles, anaphora    noun phrases that act; offices and bodies that mean somebody named before
both, splitting                     two together, and the two apart
scene, thread                       a sentence with all that was found in it; whom its clauses are about
cues, openings, extent              which words report, where what was said begins and ends
voices, strangers, speakers         who speaks: known, unknown, carried over
vouching, statements                sources behind "according to"; what was said by whom
subjects, recipients, casting       who did it to whom, by verbs
nouns, circumstances                the same by verbal nouns; whether, when and where
coded, events, merging              one act; all of a sentence; told twice in an article
setting, evidence, relevance        what speaks for the topic, and how much
citations, main_event, occurrences  media and offices; the act an article is about; one act over many articles
tagger                              the order of the steps
"""
