"""Readers go on while another process writes: they never wait, and never see half of a load."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def town(source: str, size: int) -> str:
    evidence = {"source": source, "locator": {"row": 1, "column": "A"}, "quote": "x"}
    rows: list[dict[str, Any]] = [
        {"kind": "source", "id": source, "title": source, "type": "table", "published": "2024-01-01"}
    ]
    for n in range(size):
        rows.append(
            {
                "kind": "entity",
                "key": f"{source}/k{n}",
                "type": "Compound",
                "name": f"{source}{n}号小区",
                "evidence": evidence,
            }
        )
        rows.append(
            {
                "kind": "entity",
                "key": f"{source}/f{n}",
                "type": "PropertyFirm",
                "name": f"{source}第{n}物业服务有限公司",
                "evidence": evidence,
            }
        )
        rows.append(
            {
                "kind": "relation",
                "subject": f"{source}/f{n}",
                "relation": "SERVES",
                "object": f"{source}/k{n}",
                "valid": "2020/..",
                "evidence": evidence,
            }
        )
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_eight_readers_during_loads_see_whole_loads_only(govgraph: Any, tmp_path: Path) -> None:
    sizes = (40, 60, 5, 80)
    files = [tmp_path / f"{n}.jsonl" for n in range(len(sizes))]
    for n, file in enumerate(files):
        file.write_text(town(f"t{n}", sizes[n]), "utf-8")
    assert govgraph("import", files[0]).code == 0
    whole = {sum(sizes[: n + 1]) for n in range(len(sizes))}
    seen: set[int] = set()

    def read(reader: int) -> None:
        for _ in range(4):
            rows = govgraph.rows("coverage", "--of", "firm")
            assert len(rows) in whole and {row["verdict"] for row in rows} == {"covered"}
            assert all(row["evidence"] for row in rows)
            seen.add(len(rows))

    with ThreadPoolExecutor(9) as pool:
        readers = [pool.submit(read, n) for n in range(8)]
        for file in files[1:]:
            assert govgraph("import", file).code == 0
        for reader in readers:
            reader.result()
    assert len(govgraph.rows("coverage", "--of", "firm")) == sum(sizes)


def test_of_two_writers_one_is_told_and_nothing_is_lost(govgraph: Any, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.jsonl" for n in range(2)]
    for n, file in enumerate(files):
        file.write_text(town(f"t{n}", 30), "utf-8")
    writers = [
        subprocess.Popen(
            [govgraph.command, "--workspace", govgraph.root, "import", file], stderr=subprocess.PIPE, text=True
        )
        for file in files
    ]
    said = [writer.communicate()[1] for writer in writers]
    codes = [writer.returncode for writer in writers]
    assert set(codes) <= {0, 2} and 0 in codes
    for code, text, file in zip(codes, said, files, strict=True):
        if code == 2:
            assert "is being written to" in text
            while govgraph("import", file).code == 2:
                time.sleep(0.2)
    assert len(govgraph.rows("coverage", "--of", "firm")) == 60
