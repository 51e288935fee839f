"""The encoders that can be chosen by name."""

import importlib
from pathlib import Path

from kb_index.article import KnowledgeError
from kb_index.encoders.base import ENDPOINT, FOLDER, SECONDS, Encoder, NoEncoder
from kb_index.encoders.endpoint import EndpointEncoder
from kb_index.encoders.transformers import FolderEncoder

ENCODERS = {
    "e5": "kb_index.encoders.e5:E5Encoder",
    "use": "kb_index.encoders.use:UseEncoder",
    "none": "kb_index.encoders.base:NoEncoder",
}
DEFAULT = "e5"
CHOICES = (*ENCODERS, f"{FOLDER}/模型文件夹", f"{ENDPOINT}https://地址/v1#模型名")


def create(name: str = "", key: str = "", seconds: float = SECONDS) -> Encoder:
    """An encoder by name: one of ENCODERS, folder:PATH or endpoint:URL#MODEL; empty: the packaged default.

    key, seconds: for an endpoint, and how long it may take for a batch. One that cannot be loaded is replaced by
    NoEncoder, whose notice says why. Raises KnowledgeError for an unknown name.
    """
    name = name or DEFAULT
    if name not in ENCODERS and not name.startswith((FOLDER, ENDPOINT)):
        raise KnowledgeError(f"没有编码器 {name}；可选：{'、'.join(CHOICES)}")
    try:
        return _made(name, key, seconds)
    except (ImportError, OSError, RuntimeError, ValueError, KnowledgeError) as error:
        advice = "；请重新运行 make run 安装依赖" if name in ENCODERS else ""
        return NoEncoder(f"语义编码器 {name} 不可用（{error}），检索只按字和读音进行{advice}")


def _made(name: str, key: str, seconds: float) -> Encoder:
    """The encoder itself; a packaged one is imported only now."""
    if name.startswith(FOLDER):
        return FolderEncoder(Path(name.removeprefix(FOLDER)))
    if name.startswith(ENDPOINT):
        return EndpointEncoder(name.removeprefix(ENDPOINT), key, seconds)
    module, cls = ENCODERS[name].split(":")
    made: Encoder = getattr(importlib.import_module(module), cls)()
    return made
