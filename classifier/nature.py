"""The nature of a request, by what citizens say."""

import re

RULES: tuple[tuple[str, str], ...] = (
    ("举报", r"举报|揭发"),
    ("投诉", r"投诉|太过分|不管|不肯|拒绝|吵得|态度(很|太)?差|乱收费"),
    ("表扬", r"表扬|感谢信|送锦旗"),
    ("建议", r"建议|能否增设|希望增加"),
    ("咨询", r"咨询|想问|问一下|怎么办理|如何|怎么提取|需要什么|什么材料|多少天|请问|怎么报名"),
    ("求助", r"求助|帮忙|帮我|赶快|坏了|停水|停电|没有水|漏"),
)


def nature(text: str) -> str:
    """咨询, 求助, 投诉, 举报, 建议 or 表扬: the one said first among explicit words, else the one with most signs."""
    said = {word: text.find(word) for word in ("举报", "投诉", "咨询", "求助", "建议", "表扬") if word in text}
    if said:
        return min(said, key=lambda word: said[word])
    signs = {name: len(re.findall(pattern, text)) for name, pattern in RULES}
    best = max(signs, key=lambda name: signs[name])
    return best if signs[best] else "求助"
