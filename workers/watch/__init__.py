"""What is new: a feed or a listing page, as bytes, becomes sightings; the known ones among them are told apart.

Everything here is pure. Asking the web is the business of fetch, remembering that of the store.
"""
