"""The pages that are made from the code are what the code makes."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_command_line_reference_is_what_help_says():
    spec = importlib.util.spec_from_file_location("cli_reference", DOCS / "cli_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == module.reference()


def test_every_command_and_every_option_is_explained():
    from x2vec.cli.program import app

    for command in app.registered_commands:
        assert command.callback.__doc__
    for line in (DOCS / "cli.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("  -"):
            assert len(line.split("  ")) > 2, f"no explanation: {line}"


def test_links_between_pages_lead_somewhere():
    import re

    root = DOCS.parent
    pages = [*root.glob("*.md"), *DOCS.rglob("*.md"), *root.glob("datasets/*/*.md")]
    assert len(pages) > 5
    for page in pages:
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
