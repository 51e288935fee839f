"""What is kept of the phrases' vectors: each by itself, another encoder's never."""

import numpy as np
import pytest

from classifier.meaning import MeaningMatcher


class Encoder:
    """Counts what it is asked for; a text's vector is made of its characters."""

    def __init__(self, turn=0):
        self.asked, self._turn = [], turn

    def __call__(self, texts):
        self.asked += texts
        rows = [np.bincount([(ord(one) + self._turn) % 8 for one in text], minlength=8) for text in texts]
        return np.array(rows, np.float32) / np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)


PHRASES = ["路灯不亮", "路灯坏了", "噪声扰民", "半夜施工", "垃圾没人清"]
LINES = [0, 0, 1, 1, 2]


def matched(encoder, phrases, folder):
    return MeaningMatcher(encoder, phrases, LINES, folder).scores(["半夜施工太吵"])


def test_a_changed_phrase_costs_itself_alone(tmp_path):
    first = matched(Encoder(), PHRASES, tmp_path)
    again = Encoder()
    assert (matched(again, PHRASES, tmp_path) == first).all()
    assert not set(PHRASES) & set(again.asked)
    changed = Encoder()
    matched(changed, [*PHRASES[:4], "垃圾桶满了"], tmp_path)
    assert set(changed.asked) & {*PHRASES, "垃圾桶满了"} == {"垃圾桶满了"}


def test_another_encoder_has_its_own(tmp_path):
    matched(Encoder(), PHRASES, tmp_path)
    other = Encoder(turn=3)
    assert matched(other, PHRASES, tmp_path) == pytest.approx(matched(Encoder(turn=3), PHRASES, None))
    assert set(PHRASES) <= set(other.asked)


@pytest.mark.parametrize("damage", [b"", b"PK", b"nonsense"])
def test_a_broken_file_is_made_anew(tmp_path, damage):
    first = matched(Encoder(), PHRASES, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert (matched(Encoder(), PHRASES, tmp_path) == first).all()
    assert (matched(Encoder(), PHRASES, tmp_path) == first).all()
