"""Article to tags: who is named, what happened between whom, who said what, and whether it is the topic's business."""
