"""The knowledge base as pages and desks ask for it."""

from copilot.api.knowledge import answers, imports, keeping, reading, usage, versions

ROUTERS = tuple(module.router for module in (reading, answers, versions, imports, keeping, usage))
