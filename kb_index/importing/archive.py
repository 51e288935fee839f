"""Office files are archives: looked through before anything is read, so that none is a bomb or carries macros."""

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from kb_index.importing.base import Refused

UNPACKED, XML, PARTS = 200 << 20, 64 << 20, 5000  # bytes of all, bytes of one XML part, number of parts
RATIO, SMALL = 200, 1 << 20  # how far a part larger than SMALL bytes may be packed
CHUNK = 1 << 16
MACROS = ("vbaproject", "vbadata", "activex", "macrosheets/")
NESTED = (".zip", ".gz", ".7z", ".rar", ".bz2", ".xz", ".docm", ".xlsm", ".exe", ".js", ".vbs")
DECLARES = re.compile(
    b"|".join(
        re.escape(f"<!{word}".encode(code))
        for word in ("DOCTYPE", "ENTITY")
        for code in ("ascii", "utf-16-le", "utf-16-be")
    )
)
BROKEN = "文件打不开，可能已损坏；请用 WPS 或 Office 打开后另存一份再上传"
BOMB = "解压后过大或压缩比异常，不能导入；请删去图片、拆成几个文件再上传"


def parts(path: Path) -> list[str]:
    """Names of an archive's parts, lower case. Raises Refused."""
    try:
        with ZipFile(path) as archive:
            return [entry.filename.lower() for entry in archive.infolist()]
    except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, UnicodeError) as error:
        raise Refused(BROKEN) from error


def check(path: Path) -> None:
    """Unpack every part once, counting, keeping nothing. Raises Refused for macros, bombs, entities and passwords."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            _check_names(entries)
            total = 0
            for entry in entries:
                for chunk in _unpacked(archive, entry):
                    total += len(chunk)
                    if total > UNPACKED:
                        raise Refused(BOMB)
    except (BadZipFile, LargeZipFile, NotImplementedError, ValueError, UnicodeError, EOFError, ZlibError) as error:
        raise Refused(BROKEN) from error


def _check_names(entries: list[ZipInfo]) -> None:
    names = [entry.filename.lower() for entry in entries]
    if any(sign in name for name in names for sign in MACROS):
        raise Refused("文件带有宏（或 ActiveX 控件），不能导入；请另存为不带宏的 .docx 或 .xlsx 再上传")
    if any(name.endswith(NESTED) for name in names):
        raise Refused("文件里还嵌着压缩包或程序，不能导入；请删去嵌入的文件再上传")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("文件设有密码，读不出来；请取消密码后再上传")
    large = len(entries) > PARTS or sum(entry.file_size for entry in entries) > UNPACKED
    if large or any(_packed_too_far(entry) for entry in entries):
        raise Refused(BOMB)


def _packed_too_far(entry: ZipInfo) -> bool:
    return entry.file_size > SMALL and entry.file_size > RATIO * max(1, entry.compress_size)


def _unpacked(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """A part in chunks; an XML part that declares a document type could blow up or fetch files where it is read."""
    xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail, size = b"", 0
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            size += len(chunk)
            if xml and size > XML:
                raise Refused(BOMB)
            if xml and DECLARES.search(tail + chunk):
                raise Refused("文件的 XML 里声明了实体，不是正常的 Office 文件，不能导入；请另存一份再上传")
            if b"macroEnabled" in tail + chunk and entry.filename == "[Content_Types].xml":
                raise Refused("文件是带宏的类型，不能导入；请另存为不带宏的 .docx 或 .xlsx 再上传")
            tail = chunk[-64:]
            yield chunk
