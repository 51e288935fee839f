"""Text out of bytes: in UTF-8 or in GB 18030, which older systems here still write; what is neither is refused."""

import re
import unicodedata

from charset_normalizer import from_bytes

from kb_index.importing.base import Refused

AGAIN = "请用记事本或 WPS 打开，确认文字正常后另存为 UTF-8 编码再上传"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
GARBLED = re.compile(r"锟斤拷|烫烫烫|\ufffd|(?:[ÃÂâäåæçèé][\x80-\xbf€‚„…†‡ˆ‰‹Œ‘’“”•–—™›œŸ¡-¿]){3}")
COMMON = 0.8  # of the Chinese characters, how many a real text has among the 3,755 most used
LOOK_ALIKES = re.compile("[\u2e80-\u2fdf\uf900-\ufb06]")  # what PDF fonts put for the real characters
# those that Unicode does not tell the character of, or tells the traditional one of
REAL = dict(
    zip(
        "⼾⾭⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮"
        "⻰⻳⺁⺇⺊⺌⺍⺓⺜⺝⺩⺫⺬⺮⺯⺰⺳⺶⺷⺻⺼⺾⻂⻌⻏⻑⻟⻭⻯",
        "户青母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿"
        "龙龟厂几卜小小幺日月王目示竹糸纟网羊羊聿月艹衣辶阝長食歯竜",
        strict=True,
    )
)


def decode(data: bytes, encoding: str = "") -> str:
    """The text of a file. encoding: what the file itself claims. Raises Refused where it cannot be told."""
    mark = next((name for start, name in MARKS.items() if data.startswith(start)), "")
    for name in filter(None, (mark, "utf-8", encoding)):
        try:
            return _sound(data.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and _likely(text):
        return _sound(text)
    guess = from_bytes(data[: 1 << 16]).best()
    hint = f"（像是 {guess.encoding}）" if guess else ""
    raise Refused(f"文字编码认不出来{hint}；{AGAIN}")


def clean(text: str) -> str:
    """One line of text: look-alikes made real, blanks made one, nothing unseen."""
    real = LOOK_ALIKES.sub(lambda found: REAL.get(found[0]) or unicodedata.normalize("NFKC", found[0]), text)
    seen = "".join(one if one.isprintable() else " " for one in real.replace("\u200b", "").replace("\ufeff", ""))
    return " ".join(seen.split())


def _sound(text: str) -> str:
    if "\0" in text or sum(one < " " and one not in "\t\n\r\f\v" for one in text[:100_000]):
        raise Refused("这不是文本文件；请上传 DOCX、XLSX、CSV、Markdown、HTML 或文字版 PDF")
    if found := GARBLED.search(text):
        raise Refused(f"文字里有乱码（“{found[0][:4]}”），原文在以前的转换中已损坏；请从原始文件重新导出")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _likely(text: str) -> bool:
    """Whether characters that are in daily use make up most of it, as bytes of another encoding never do."""
    chinese = [one for one in text if one > "\x7f" and unicodedata.category(one) == "Lo"]
    used = sum(_in_use(one) for one in chinese)
    return bool(chinese) and used >= COMMON * len(chinese)


def _in_use(character: str) -> bool:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7
