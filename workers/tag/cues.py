"""Which reporting words report: «يؤكد» does, «أن يؤكد» does not, and «مذكرة إلى السفارة» is a noun."""

from __future__ import annotations

from workers.arabic.letters import fold_text
from workers.config.speech import SpeechConfig
from workers.tag.entities import TANWIN
from workers.tag.lexicon import Found
from workers.tag.reading import Forms
from workers.tag.scene import Scene
from workers.tag.thread import noun_like

_NEEDED = 16
_ON_IT = [["عليها"], ["عليه"]]
_UNSAID = frozenset(fold_text("أن لم لن لا ألا كي لكي قد وقد ولم ولن").split())
# «لم يستبعد X أن»: who does not deny says so.
_NOT = frozenset(["لم", "لا"])
_DAMMA = "\u064f"
_SHADDA = "\u0651"


class Cues:
    """The reporting words of a topic and what must stand around them."""

    def __init__(self, speech: SpeechConfig) -> None:
        self._openers = Forms(fold_text(word) for word in speech.openers)
        self._polarity = [group.polarity for group in speech.verbs]
        self._needs = [frozenset(map(fold_text, group.needs)) for group in speech.verbs]
        self._also_nouns = {fold_text(form) for form in speech.also_nouns}
        self._opens_only = {fold_text(form) for group in speech.verbs for form in group.opening}

    def reports(self, scene: Scene, cue: Found) -> bool:
        """Whether a word found reports something: no verb that is denied or to come, no noun that is written like one."""
        before = scene.reading.words[cue.token - 1] if cue.token > scene.sentence.start else ""
        if cue.entry.role == "say" and cue.entry.form.tense != "perfect":
            # «يريد أن يؤكد», «لم يقل», «قد يقول قائل», «ليكتب»: what is not said, or not yet.
            source = scene.reading.source(cue.token)[len(cue.proclitic) :][:2]
            unsaid = before in _UNSAID and not (before in _NOT and self._polarity[cue.entry.rule] == "denied")
            if unsaid or "ل" in cue.proclitic or (source.endswith(_DAMMA) and "ت" in cue.entry.form.text[1:3]):
                return False
        if scene.reading.words[cue.token + 1 : cue.token + 2] in _ON_IT:
            return False  # لافتة كتب عليها «…»
        needs, behind = self._needs[cue.entry.rule], min(scene.sentence.end, cue.token + 1 + _NEEDED)
        if needs and needs.isdisjoint(scene.reading.words[cue.token + 1 : behind]):
            return False
        if cue.entry.role == "participle" and cue.entry.form.feminine and not self._goes_on(scene, cue):
            return False
        if cue.entry.form.text not in self._opens_only:
            return not noun_like(scene, cue)
        if _SHADDA in scene.reading.source(cue.token):
            return True  # بيّن is no "between"
        follows = scene.reading.words[cue.token + 1 : cue.token + 2]
        # وبين الجانبين: the preposition, before a dual or plural.
        return cue.token == scene.sentence.start and any(not word.endswith("ين") for word in follows)

    def _goes_on(self, scene: Scene, cue: Found) -> bool:
        """«، مشيرةً إلى أن» goes on with the speech; «مذكرة إلى السفارة», «بعد متابعة دقيقة» are nouns."""
        words, token = scene.reading.words, cue.token
        marked = TANWIN in scene.reading.source(token)
        if marked or (
            ("و" in cue.proclitic or words[token - 1] in {"،", ","}) and cue.entry.form.text not in self._also_nouns
        ):
            return True
        follows = words[token + 1 : min(token + 3, scene.sentence.end)]
        return any(word in self._openers or word == ":" for word in follows)
