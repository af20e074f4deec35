"""What protos/README.md shows is what the tests of the clients generate with."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "protos" / "README.md").read_text("utf-8")


@pytest.mark.parametrize("language", ["typescript", "go", "java"])
def test_it_shows_what_a_client_is_generated_with(language: str) -> None:
    config = (ROOT / "clients" / language / "buf.gen.yaml").read_text("utf-8")
    assert f"```yaml\n{config}```\n" in README


def test_it_shows_the_service_config_of_the_clients() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    program = (ROOT / "clients" / "go" / "connection.go").read_text("utf-8")
    (used,) = re.findall(r"const serviceConfig = `(.*?)`", program, re.DOTALL)
    assert json.loads(shown) == json.loads(used)


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not (ROOT / "protos" / link).exists()] == []
