"""The README tells the truth: what it shows is what the service answers."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.cli import COMMANDS, main
from greenlane.api.config import DEFAULT_DATABASE, PREFIX, VARIABLES, Settings
from greenlane.api.wiring.services import build_services
from tests.project.sources import ROOT

PAGES = ("README.md", "README.zh-CN.md")
TEXT = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAGES}
COMMAND = re.compile(r"^    ((?:sudo|make|curl|\.venv)\b(?:.*\\\n)*.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The service with the shipped rules and an empty database."""
    folder = tmp_path_factory.mktemp("readme")
    services = build_services(Settings(database_url=f"sqlite:///{folder}/greenlane.db", rules=ROOT / "rules"))
    yield create_app(services).test_client()
    services.close()


def commands(page: str) -> list[list[str]]:
    """The words of every command a page shows."""
    return [shlex.split(text.replace("\\\n", " ")) for text in COMMAND.findall(TEXT[page])]


def curls(page: str) -> list[list[str]]:
    """The commands that call the service."""
    return [words for words in commands(page) if words[0] == "curl"]


def called(client: FlaskClient, words: list[str], decision_id: str = "") -> Any:
    """What the service answers to a curl command."""
    address = next(w for w in words if w.startswith("http")).replace("$ID", decision_id)
    data = words[words.index("--data") + 1] if "--data" in words else ""
    headers = dict([words[words.index("-H") + 1].split(": ")]) if "-H" in words else {}
    response = client.open(
        address.removeprefix("http://127.0.0.1:8000"),
        method=words[words.index("-X") + 1] if "-X" in words else "GET",
        data=(ROOT / data.removeprefix("@")).read_bytes() if data else None,
        headers=headers,
    )
    assert response.status_code in (200, 201), response.get_data(as_text=True)
    return response.get_json()


def left_out(shown: Any, real: Any) -> Any:
    """The real value without the members that the shown one leaves out."""
    if isinstance(shown, Mapping) and isinstance(real, Mapping):
        return {key: left_out(inner, real.get(key)) for key, inner in shown.items()}
    return real


@pytest.mark.parametrize("page", PAGES)
def test_first_call_is_answered_as_shown(client: FlaskClient, page: str) -> None:
    """The body is a file of the repository and the answer holds every member the page shows, with that value."""
    blocks = re.findall(r"```json\n(.*?)```", TEXT[page], re.DOTALL)
    shown = json.loads(blocks[0])
    assert left_out(shown, called(client, curls(page)[0])) == shown


@pytest.mark.parametrize("page", PAGES)
def test_following_calls_work(client: FlaskClient, page: str) -> None:
    """The decision explains itself and is the same when decided again."""
    decide, explain, replay = curls(page)
    decision_id = called(client, decide)["decision_id"]
    assert len(called(client, explain, decision_id)["sentences"]) > 5
    assert called(client, replay, decision_id)["identical"] is True


@pytest.mark.parametrize("page", PAGES)
def test_declined_case(page: str) -> None:
    """The command line declines the case that asks for a little too much."""
    (words,) = [w for w in commands(page) if w[0] == ".venv/bin/greenlane"]
    words = [str(ROOT / w) if w.endswith(".json") else w for w in words[1:]]
    done = CliRunner().invoke(main, [*words, "--rules", str(ROOT / "rules")])
    assert done.exit_code == 0, done.output
    assert "DECLINED" in done.output
    assert "E309" in done.output


def test_both_languages_show_the_same() -> None:
    """A command or answer that changes in one page changes in the other."""
    english, chinese = ([" ".join(w) for w in commands(page)] for page in PAGES)
    assert [c.removesuffix(" --lang zh") for c in chinese] == english
    assert [re.findall(r"```json.*?```", TEXT[p], re.DOTALL) for p in PAGES[1:]] == [
        re.findall(r"```json.*?```", TEXT["README.md"], re.DOTALL)
    ]


def test_every_command_is_listed() -> None:
    """The table of commands has each command once."""
    listed = re.findall(r"^\| `greenlane (\w+)", TEXT["README.md"], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_every_setting_is_listed_with_its_default() -> None:
    """The table of settings has each variable with its default."""
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| (`.*?`) \|", TEXT["README.md"], re.MULTILINE)
    listed = {
        name.strip("` "): value.strip("` ")
        for names, values in rows
        for name, value in zip(names.split(","), values.split(","), strict=True)
    }
    values = {f.name: getattr(Settings(), f.name) for f in fields(Settings)}
    defaults = {name: "unset" if value is None else str(value) for name, value in values.items()}
    wanted = {PREFIX + variable: defaults[key] for variable, key in VARIABLES.items()}
    assert listed == {"DATABASE_URL": DEFAULT_DATABASE, **wanted}


def test_rule_file_is_an_excerpt() -> None:
    """The rows shown are those of the shipped rules."""
    shown = re.findall(r"```yaml\n(.*?)```", TEXT["README.md"], re.DOTALL)
    rules = (ROOT / "rules" / "segmentation.yaml").read_text(encoding="utf-8")
    assert len(shown) == 1
    assert shown[0] in rules


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "docs/architecture.md"])
def test_what_pages_name_exists(page: str) -> None:
    """Links and paths lead somewhere, and every `make` target is one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)]
    paths = re.findall(r"`((?:rules|engine|api|examples|scripts|docs)/[\w./-]+)`", text)
    folder = (ROOT / page).parent
    assert [link for link in links if link and "://" not in link and not (folder / link).exists()] == []
    assert [path for path in paths if not (ROOT / path).exists() and path != "docs/benchmarks.md"] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?\bmake ([a-z]+)`", text)) <= targets


def test_makefile_runs_on_a_clean_clone() -> None:
    """`.ci/run` is what `make test` is, and is executable."""
    script = Path(ROOT / ".ci" / "run")
    assert "make test" in script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o100
