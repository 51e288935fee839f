"""One live call: sound in, and out of it what was heard, suggested, routed, drafted and alerted."""

import asyncio
import logging
from functools import partial
from typing import Literal

from sqlalchemy.orm import Session

from asr.base import Utterance
from copilot import events
from copilot.actor import copilot_now
from copilot.conversation import Conversation
from copilot.errand import Errand
from copilot.evidence import by_name
from copilot.hearing import Ear
from copilot.keeping import Also, Keeper
from copilot.parts import Parts
from copilot.recording import LEGS, RATE, Recording
from copilot.suggest import Pause, card, query
from copilot.tables import CallRow
from copilot.understand import departments, understand
from telephony.base import Chunk, Line
from ticket_core import tickets
from ticket_core.tables import Ticket

log = logging.getLogger(__name__)
Part = Literal["speech", "search", "routing", "recording", "keeping"]
SLOW, CAUGHT_UP = 6.0, 3.0
TELL: dict[Part, str] = {
    "speech": "语音识别中断，请手工记录，通话和工单不受影响",
    "search": "检索暂不可用，请按 Alt+/ 重试或手工答复",
    "routing": "分派推荐暂不可用，请手工选择承办单位",
    "recording": "录音无法保存，请管理员检查磁盘空间",
    "keeping": "数据暂时保存不了，系统正在重试，恢复后自动补存；请联系管理员检查数据库和磁盘",
}
LAGGING = "语音识别较慢，文字会晚几秒出现"


class Desk:
    """Runs one call; a part that fails never ends it."""

    def __init__(self, parts: Parts, line: Line, agent: str, ticket: int, talk: Conversation) -> None:
        self.parts, self.line, self.agent, self.ticket, self.talk = parts, line, agent, ticket, talk
        self.call = line.info.id
        self.health = events.Health(call=self.call)
        self._since = talk.seconds
        self.keeper = Keeper(parts.database, talk, partial(parts.bus.publish, agent), self._keeping)
        self._draft = ""
        self._heard_final = False
        self._pause = Pause()
        self._search = Errand(self._suggest)
        self._analysis = Errand(self._understand)
        self._troubles: dict[Part, tuple[events.Level, str]] = {}

    async def run(self) -> None:
        """Until the line ends and the last final is out."""
        ears = self._ears()
        if not ears:
            await self._report("speech", "down", self.parts.speech_error)
        try:
            await self._listen(ears)
        finally:
            for ear in ears.values():
                await ear.end()
            await self._search.done()
            await self._analysis.done()
            await self.emit(events.Ended(call=self.call, seconds=round(self.talk.seconds, 1)), self._over)

    async def word(self) -> None:
        """After the call: put the summary into words, where a model is configured."""
        worded = await self.parts.wording.summary(self.talk.turns, self.talk.summary)
        await self._summarised(worded)

    def _ears(self) -> dict[str, Ear]:
        engine = self.parts.recognizer
        if engine is None:
            return {}
        return {
            leg: Ear(engine, leg, self.heard, self._hearing, said=self.talk.said[leg], since=self._since)
            for leg in LEGS
        }

    async def _listen(self, ears: dict[str, Ear]) -> None:
        with Recording(self.parts.settings.data, self.call) as recording:
            async for chunk in self.line:
                silent = self.talk.held or (self.talk.muted and chunk.leg == "agent")
                pcm = chunk.pcm * 0 if silent else chunk.pcm
                self._advance(chunk)
                recording.write(chunk.leg, self._since + chunk.at, pcm)
                if chunk.leg in ears:
                    ears[chunk.leg].push(pcm, chunk.at)
                if recording.failed and "recording" not in self._troubles:
                    await self._report("recording", "down")

    def _advance(self, chunk: Chunk) -> None:
        self.talk.seconds = max(self.talk.seconds, self._since + chunk.at + len(chunk.pcm) / RATE)

    async def heard(self, utterance: Utterance) -> None:
        """Say what was heard at once; then look things up, never holding up the next words."""
        event = said(self.call, utterance)
        if utterance.final:
            await self.emit(event)
        else:
            await self.parts.bus.publish(self.agent, event)
        if not utterance.text:
            return
        if utterance.leg == "citizen":
            await self._watch(utterance)
            self._search_soon(utterance)
        if utterance.final:
            self._analysis.ask()
            await self._keeping_up(utterance)

    async def emit(self, event: events.Event, also: Also | None = None) -> None:
        """Keep an event of the call, then tell the desk; see Keeper."""
        await self.keeper.keep(event, also)

    async def switch(self, muted: bool | None = None, held: bool | None = None) -> None:
        """Mute or hold; None leaves it as it is."""
        now = (self.talk.muted if muted is None else muted, self.talk.held if held is None else held)
        if now != (self.talk.muted, self.talk.held):
            await self.emit(events.Switched(call=self.call, muted=now[0], held=now[1]))

    async def transfer(self, to: str) -> None:
        """Ask the exchange to connect the caller elsewhere. Raises TelephonyError where the line cannot."""
        await self.line.transfer(to)
        await self.emit(events.Transferred(call=self.call, to=to))

    async def refuse(self, article: str) -> None:
        """Take a card away for the rest of the call."""
        await self._show(self.talk.panel.refuse(article))

    async def readmit(self, article: str) -> None:
        """The refusal of a card was taken back: it comes back where it was."""
        if article in self.talk.panel.refused:
            await self._show(self.talk.panel.readmit(article))
            self._search.ask()

    async def _show(self, cards: list[events.Card]) -> None:
        if [card.article for card in cards] != [card.article for card in self.talk.panel.cards]:
            await self.emit(events.Suggested(call=self.call, cards=cards))

    async def _watch(self, utterance: Utterance) -> None:
        danger = self.parts.watch.check(utterance.text)
        if danger is None or danger.kind in self.talk.alerted:
            return
        await self.emit(
            events.Alerted(
                call=self.call,
                kind=danger.kind,
                number=danger.number,
                advice=danger.advice,
                utterance=utterance.id,
                quote=danger.quote,
            )
        )

    def _search_soon(self, utterance: Utterance) -> None:
        if utterance.final:
            self._draft, self._heard_final = "", True
            self._search.ask()
        else:
            self._draft = utterance.text
            self._search.ask(self._pause.draft(utterance.text, asyncio.get_running_loop().time()))

    async def _suggest(self) -> None:
        self._pause.searched()
        final, self._heard_final = self._heard_final, False
        words = query(self.talk.turns, self._draft)
        if not words:
            return
        try:
            hits = await asyncio.to_thread(self.parts.index.search, words, 5)
        except Exception:
            log.exception("search failed", extra={"call": self.call})
            await self._report("search", "down")
            return
        await self._report("search", "ok")
        await self._show(self.talk.panel.settle([card(hit) for hit in hits], final))

    async def _understand(self) -> None:
        turns, number = tuple(self.talk.turns), self.line.info.calling_number
        if not self.talk.words("citizen"):
            return
        try:
            read = await asyncio.to_thread(understand, self.parts.router, turns, number)
        except Exception:
            log.exception("routing failed", extra={"call": self.call})
            await self._report("routing", "down")
            return
        await self._report("routing", "ok")
        routed = events.Routed(
            call=self.call,
            nature=read.routing.nature,
            matter=list(read.routing.matter),
            departments=departments(read.routing),
            question=read.routing.question,
        )
        before = self.talk.routed or events.Routed(call=self.call, nature="", matter=[], departments=[])
        if routed.model_copy(update={"seq": before.seq}) != before:
            await self.emit(routed)
        if read.fields != self.talk.fields:
            drafted = events.Drafted(call=self.call, fields=list(read.fields.values()))
            await self.emit(drafted, partial(self._fill, read.fields))
        await self._summarised(read.summary)

    def _fill(self, fields: dict[str, events.Filled], session: Session) -> None:
        tickets.fill(session, session.get_one(Ticket, self.ticket), by_name(fields.values()), copilot_now())

    async def _summarised(self, text: str) -> None:
        def keep(session: Session) -> None:
            tickets.summarise(session, session.get_one(Ticket, self.ticket), text, copilot_now())

        if text != self.talk.summary:
            await self.emit(events.Summarised(call=self.call, text=text), keep)

    def _over(self, session: Session) -> None:
        row = session.get_one(CallRow, self.call)
        row.state, row.seconds = "ended", self.talk.seconds

    async def _keeping(self, well: bool) -> None:
        await self._report("keeping", "ok" if well else "down")

    async def _hearing(self, well: bool) -> None:
        if not well or self.health.speech == "down":
            await self._report("speech", "ok" if well else "down")

    async def _keeping_up(self, utterance: Utterance) -> None:
        behind = self.talk.seconds - utterance.end
        if behind > SLOW:
            await self._report("speech", "slow", LAGGING)
        elif behind < CAUGHT_UP and self.health.speech == "slow":
            await self._report("speech", "ok")

    async def _report(self, part: Part, level: events.Level, message: str = "") -> None:
        """Say how a part is, once; what works again is said, too."""
        if level == "ok":
            self._troubles.pop(part, None)
        else:
            self._troubles[part] = (level, message or TELL[part])
        levels = {name: worse for name, (worse, _) in self._troubles.items() if name in events.Health.model_fields}
        told = "；".join(message for _, message in self._troubles.values())
        now = events.Health.model_validate({"call": self.call, "message": told, **levels})
        if now != self.health:
            self.health = now
            await self.emit(now.model_copy())


def said(call: str, utterance: Utterance) -> events.Heard:
    """An utterance as the desk shows it; not numbered yet."""
    return events.Heard(
        call=call,
        utterance=utterance.id,
        leg=utterance.leg,
        start=round(utterance.start, 2),
        end=round(utterance.end, 2),
        text=utterance.text,
        raw=utterance.raw,
        final=utterance.final,
        marks=[events.Mark(start=m.start, end=m.end, kind=m.kind, before=m.before) for m in utterance.marks],
    )
