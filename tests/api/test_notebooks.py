"""Each notebook runs from a clean kernel, keeps its outputs small, and is kept without them."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DOCUMENTS = Path(os.environ.get("GOVGRAPH_DOCUMENTS") or ROOT / "../shared/seeds").resolve()
SMALL = 30_000
"""Characters of an output at most; a picture is one page with its library."""


def cells(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["cells"]
    return found


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_is_kept_without_outputs(file: Path) -> None:
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells(file))
    assert "".join(cells(file)[0]["source"]).startswith("# ")


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_from_a_clean_kernel(
    demo: Any, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if file.stem.startswith("f_") and not DOCUMENTS.is_dir():
        pytest.skip(f"the documents of the five districts are not in {DOCUMENTS}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Jupyter's own parts
        import nbformat
        from nbclient import NotebookClient

        (tmp_path / "govgraph-demo").symlink_to(demo.root, target_is_directory=True)
        monkeypatch.setenv("GOVGRAPH_DOCUMENTS", str(DOCUMENTS))
        monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
        client = NotebookClient(
            notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
        )
        client.execute()
    pages = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "<iframe" in data.get("text/html", ""):
                pages += 1
                continue
            assert len(json.dumps(output)) < SMALL, cell.source
            assert output.output_type != "error"
    assert pages or file.stem.startswith("d_")


def test_the_widget_tells_what_is_selected(demo: Any) -> None:
    anywidget = pytest.importorskip("anywidget", reason="run: pip install 'govgraph[notebook]'")
    from govgraph.api.notebook import study

    widget = study(demo.root).widget(centre="望潮花园")
    assert isinstance(widget, anywidget.AnyWidget) and "望潮花园业主委员会" in widget.page
    assert "http" not in str(widget._esm) and widget.selected == ""
