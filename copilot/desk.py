"""One live call: sound in, and out of it what was heard, suggested, routed, drafted and alerted."""

import asyncio
import logging
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from asr.base import Leg, Stream, Utterance
from classifier.fields import Turn, extract
from classifier.summary import summarise
from copilot import events
from copilot.parts import Parts
from copilot.suggest import card, query, settle
from copilot.tables import CallRow, EventRow
from telephony.base import Line
from ticket_core import tickets
from ticket_core.tables import Ticket

log = logging.getLogger(__name__)
DEBOUNCE = 0.3
LEGS: tuple[Leg, Leg] = ("citizen", "agent")


@dataclass
class Conversation:
    """What the call has come to so far."""

    turns: list[Turn] = field(default_factory=list)
    cards: list[events.Card] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    departments: list[events.Department] = field(default_factory=list)
    fields: dict[str, events.Filled] = field(default_factory=dict)
    alerted: set[str] = field(default_factory=set)
    summary: str = ""


class Desk:
    """Runs one call. Every kept event is committed before it is published."""

    def __init__(self, parts: Parts, line: Line, agent: str, ticket: str, seq: int = 0) -> None:
        self.parts, self.line, self.agent, self.ticket = parts, line, agent, ticket
        self.call = line.info.id
        self.talk = Conversation()
        self.muted = self.held = False
        self.seconds = 0.0
        self._seq = seq
        self._order = asyncio.Lock()
        self._newest = ""
        self._starts: dict[str, float] = {}
        self._search: asyncio.Task[None] | None = None
        self._analysis: asyncio.Task[None] | None = None
        self._stale = False
        self._health = events.Health(call=self.call)
        self._recording = {leg: parts.settings.data / "recordings" / f"{self.call}.{leg}.pcm" for leg in LEGS}

    async def run(self) -> None:
        """Until the line ends and the last final is out. A failing part is reported in the foot; the call goes on."""
        streams: dict[Leg, Stream] = {}
        if self.parts.recognizer is None:
            await self._unwell("speech", self.parts.speech_error)
        else:
            streams = {leg: self.parts.recognizer.stream(leg) for leg in LEGS}
        hearing = [asyncio.create_task(self._hear(stream)) for stream in streams.values()]
        try:
            await self._listen(streams)
        finally:
            for stream in streams.values():
                await stream.end()
            await asyncio.gather(*hearing)
            await self._settle()
            await self.emit(events.Ended(call=self.call, seconds=round(self.seconds, 1)))

    async def _listen(self, streams: dict[Leg, Stream]) -> None:
        self._recording["citizen"].parent.mkdir(parents=True, exist_ok=True)
        files = {leg: path.open("ab") for leg, path in self._recording.items()}
        try:
            async for chunk in self.line:
                self.seconds = max(self.seconds, chunk.at + len(chunk.pcm) / 8000)
                pcm = chunk.pcm * 0 if self.held or (self.muted and chunk.leg == "agent") else chunk.pcm
                files[chunk.leg].seek(int(chunk.at * 8000) * 2)
                files[chunk.leg].write(pcm.astype("<i2").tobytes())
                files[chunk.leg].flush()
                if chunk.leg in streams:
                    streams[chunk.leg].push(pcm, chunk.at)
        finally:
            for file in files.values():
                file.close()

    async def _hear(self, stream: Stream) -> None:
        try:
            async for utterance in stream:
                await self.heard(utterance)
        except Exception:
            log.exception("speech failed", extra={"call": self.call})
            await self._unwell("speech", "语音识别中断，请手工记录，通话和工单不受影响")

    async def heard(self, utterance: Utterance) -> None:
        """Say what was heard at once; then look things up, never holding up the next words."""
        marks = [events.Mark(start=m.start, end=m.end, kind=m.kind, before=m.before) for m in utterance.marks]
        event = events.Heard(
            call=self.call,
            utterance=utterance.id,
            leg=utterance.leg,
            start=round(utterance.start, 2),
            end=round(utterance.end, 2),
            text=utterance.text,
            raw=utterance.raw,
            final=utterance.final,
            marks=marks,
        )
        if not utterance.final:
            await self.parts.bus.publish(self.agent, event)
            if utterance.leg == "citizen":
                await self._watch(utterance)
                self._search_soon(utterance.text, DEBOUNCE)
            return
        await self.emit(event)
        if not utterance.text:
            return
        doubtful = tuple((m.start, m.end) for m in utterance.marks if m.kind == "doubtful")
        turns = self.talk.turns
        self._starts[utterance.id] = utterance.start
        turns.append(Turn(utterance.id, utterance.leg, utterance.text, doubtful))
        turns.sort(key=lambda turn: self._starts[turn.id])
        if utterance.leg == "citizen":
            await self._watch(utterance)
            self._search_soon("", 0)
        self._analyse_soon()

    async def emit(self, event: events.Event) -> None:
        """Number, commit, then publish: a desk that missed it finds it in the database."""
        async with self._order:
            self._seq += 1
            event.seq = self._seq
            kind = str(getattr(event, "type", ""))
            row = EventRow(call=self.call, seq=event.seq, type=kind, body=event.model_dump(mode="json"))
            await self.parts.database.write(lambda session: session.add(row))
        await self.parts.bus.publish(self.agent, event)

    async def _watch(self, utterance: Utterance) -> None:
        danger = self.parts.watch.check(utterance.text)
        if danger is None or danger.kind in self.talk.alerted:
            return
        self.talk.alerted.add(danger.kind)
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

    def _search_soon(self, draft: str, wait: float) -> None:
        if self._search and not self._search.done():
            if wait and not self._newest:
                return
            self._search.cancel()
        self._newest = draft
        self._search = asyncio.create_task(self._suggest(draft, wait))

    async def _suggest(self, draft: str, wait: float) -> None:
        await asyncio.sleep(wait)
        words = query(self.talk.turns, draft)
        if len(words) < 6:
            return
        try:
            hits = await asyncio.to_thread(self.parts.index.search, words, 5)
        except Exception:
            log.exception("search failed", extra={"call": self.call})
            await self._unwell("search", "检索暂不可用，请按 Alt+/ 重试或手工答复")
            return
        found = [card(hit) for hit in hits]
        cards = settle(self.talk.cards, found, frozenset(self.talk.refused))
        if [c.article for c in cards] != [c.article for c in self.talk.cards] and cards:
            self.talk.cards = cards
            await self.emit(events.Suggested(call=self.call, cards=cards))

    def _analyse_soon(self) -> None:
        if self._analysis and not self._analysis.done():
            self._stale = True
            return
        self._analysis = asyncio.create_task(self._analyse())

    async def _analyse(self) -> None:
        while True:
            self._stale = False
            try:
                await self._understand()
            except Exception:
                log.exception("routing failed", extra={"call": self.call})
                await self._unwell("routing", "分派推荐暂不可用，请手工选择承办单位")
            if not self._stale:
                return

    async def _understand(self) -> None:
        turns = tuple(self.talk.turns)
        said = "。".join(turn.text for turn in turns if turn.leg == "citizen")
        if not said:
            return
        routing, filled, summary = await asyncio.to_thread(
            lambda: (self.parts.router.route(said), extract(turns), summarise(turns))
        )
        departments = [
            events.Department(name=d.name, score=round(d.score, 3), basis=d.basis) for d in routing.departments
        ]
        if departments != self.talk.departments:
            self.talk.departments = departments
            await self.emit(
                events.Routed(
                    call=self.call,
                    nature=routing.nature,
                    matter=list(routing.matter),
                    departments=departments,
                    question=routing.question,
                )
            )
        fields = {
            name: events.Filled(name=name, value=f.value, utterance=f.utterance, quote=f.quote, doubtful=f.doubtful)
            for name, f in filled.items()
        }
        first = next(turn for turn in turns if turn.leg == "citizen")
        if routing.nature:
            fields["nature"] = derived("nature", routing.nature, first)
        for name, value in zip(("matter1", "matter2"), routing.matter, strict=False):
            if value:
                fields[name] = derived(name, value, first)
        if fields != self.talk.fields:
            self.talk.fields = fields
            await self._fill(fields)
            await self.emit(events.Drafted(call=self.call, fields=list(fields.values())))
        if summary != self.talk.summary:
            self.talk.summary = summary
            await self.emit(events.Summarised(call=self.call, text=summary))

    async def _fill(self, fields: dict[str, events.Filled]) -> None:
        values = {name: f.model_dump(exclude={"name"}) for name, f in fields.items()}
        await self.parts.database.write(
            lambda session: tickets.fill(session, session.get_one(Ticket, self.ticket), values)
        )

    async def _settle(self) -> None:
        """After the last word: finish what is under way, word the summary, note the length."""
        for task in (self._search, self._analysis):
            if task is not None:
                await asyncio.gather(task, return_exceptions=True)
        worded = await self.parts.wording.summary(self.talk.turns, self.talk.summary)
        if worded != self.talk.summary:
            await self.emit(events.Summarised(call=self.call, text=worded))
        summary = worded

        def close(session: Session) -> None:
            row = session.get_one(CallRow, self.call)
            row.state, row.seconds = "ended", self.seconds
            session.get_one(Ticket, self.ticket).summary = summary

        await self.parts.database.write(close)

    async def _unwell(self, part: str, message: str) -> None:
        self._health = self._health.model_copy(update={part: "down", "message": message})
        await self.emit(self._health.model_copy())


def derived(name: str, value: str, turn: Turn) -> events.Filled:
    """A field that the router concluded from the whole talk; its evidence is the citizen's first words."""
    return events.Filled(name=name, value=value, utterance=turn.id, quote=turn.text)
