"""The page's types are those of the server."""

import pytest

from copilot.typescript import TARGET, generate, render


def test_the_generated_file_is_fresh():
    assert TARGET.read_text("utf8") == generate(), "run `python -m copilot.typescript`"


@pytest.mark.parametrize("name", ["Heard", "Card", "Mark", "Level", "WireEvent", "Switched", "Transferred"])
def test_the_page_can_import_its_names(name):
    assert f" {name} " in generate()


def test_what_has_no_type_is_refused_rather_than_unknown():
    with pytest.raises(TypeError, match="no TypeScript"):
        render({"type": "array", "prefixItems": [{"type": "string"}]})
