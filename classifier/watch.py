"""The emergency watch: danger to life or property in the caller's words."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Danger:
    """kind and advice in Chinese; number: whom to connect; quote: the very words."""

    kind: str
    number: str
    advice: str
    quote: str


RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "燃气泄漏",
        "119",
        "请立即离开现场，不要开关电器、不要在室内打电话；同时联系燃气抢修和119三方通话。",
        r"(很重的|浓|有|闻到|一股).{0,3}(煤气|燃气|天然气|液化气)味|(煤气|燃气|天然气|液化气).{0,4}(泄漏|漏气|泄露)",
    ),
    ("火灾", "119", "请立即撤离到安全地点，不要乘电梯；马上转接119三方通话。", r"着火|起火|失火|冒浓烟|烧起来|火势"),
    ("触电", "120", "请先切断电源，不要直接触碰；转接120三方通话。", r"触电|被电(到|倒|晕)|电线.{0,4}掉.{0,4}(水|人)"),
    (
        "溺水",
        "119",
        "请在岸边抛救生物，不要盲目下水；转接119、120三方通话。",
        r"溺水|掉(到|进|在)?(河|湖|水塘|水)里|落水",
    ),
    ("轻生", "110", "请稳住对方、不要离开，保持通话；转接110三方通话。", r"不想活|自杀|轻生|跳楼|割腕|喝农药"),
    ("暴力伤害", "110", "请先躲到安全的地方；转接110三方通话。", r"持刀|拿刀|砍人|被人打|正在打我|家暴|绑架|抢劫"),
    ("人员被困", "119", "请保持冷静，不要强行扒门；转接119三方通话。", r"被困|困在(电梯|里面|屋里)|关在电梯"),
    (
        "突发疾病",
        "120",
        "请让病人平躺、保持通风；转接120三方通话。",
        r"昏倒|晕倒|晕过去|喘不过气|没有?呼吸|心脏病发|大出血|一氧化碳中毒|煤气中毒",
    ),
    (
        "房屋坍塌",
        "119",
        "请立即撤离并远离危房；转接119三方通话。",
        r"(房子|楼|墙|围墙|屋顶)(要|快|突然)?(塌|倒塌|坍塌)",
    ),
)
DENIED = re.compile(
    r"(没有?|不是|并非|未|没闻到|不存在|以前|去年|上次|如果|万一|要是|假如|怎么预防|防止|避免)[^，。！？]{0,6}$"
)
ASKED = re.compile(r"^(了?(怎么办|怎么处理|怎么预防)|.{0,4}(宣传|演习|演练|保险|知识|险情演练))")


class Watch:
    """Knows negation (没有漏气), supposition (万一着火) and mere topics (着火怎么预防)."""

    def check(self, text: str) -> Danger | None:
        """The first danger in a text, or None."""
        for kind, number, advice, pattern in RULES:
            for found in re.finditer(pattern, text):
                if DENIED.search(text[: found.start()]) or ASKED.search(text[found.end() :]):
                    continue
                if re.search(r"没有?|不", found[0]) and kind == "燃气泄漏":
                    continue
                return Danger(kind, number, advice, found[0])
        return None
