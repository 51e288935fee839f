"""热线百科 as a LangChain retriever: any chain can ask it, and gets only what is live."""

import asyncio
from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from kb_index.search.index import Hit, Index


class KnowledgeRetriever(BaseRetriever):
    """Searches the index that `find_index` gives at the time (`lambda: parts.index`), the best k slices first.

    A document's text is the slice; its metadata: article, version, slice, clause, title, issuer, region, source,
    valid_to (text, empty: without end), score (0-1), scores (by scorer). region, line, tagged (all of them), issuer:
    filters.
    """

    find_index: Callable[[], Index]
    k: int = 4
    region: str = ""
    line: str = ""
    tagged: tuple[str, ...] = ()
    issuer: str = ""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return self._found(query)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return await asyncio.to_thread(self._found, query)

    def _found(self, query: str) -> list[Document]:
        wanted: dict[str, Any] = {"region": self.region, "line": self.line, "tags": self.tagged, "issuer": self.issuer}
        return [document(hit) for hit in self.find_index().search(query, self.k, **wanted)]


def document(hit: Hit) -> Document:
    """A hit as LangChain knows it."""
    article = hit.article
    return Document(
        id=f"{article.id}:{article.version}:{hit.slice}",
        page_content=article.slices[hit.slice].text,
        metadata={
            "article": article.id,
            "version": article.version,
            "slice": hit.slice,
            "clause": article.clause_of(hit.slice),
            "title": article.title,
            "issuer": article.issuer,
            "region": article.region,
            "source": article.source,
            "valid_to": str(article.valid_to or ""),
            "score": hit.score,
            "scores": dict(hit.scores),
        },
    )
