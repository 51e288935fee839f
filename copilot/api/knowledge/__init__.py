"""The knowledge base as pages and desks ask for it."""

from copilot.api.knowledge import answers, figures, gaps, imports, keeping, reading, recalls, said, versions

ROUTERS = tuple(
    module.router for module in (reading, answers, versions, imports, keeping, said, gaps, recalls, figures)
)
