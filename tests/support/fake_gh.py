"""Stands in for `gh api` on one repository's comments: a JSON file instead of GitHub.

Run as a program: `FAKE_GH_STATE` names the file, `{"comments": [...], "calls": [...]}`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import jq


def main(words: list[str]) -> int:
    place = Path(os.environ["FAKE_GH_STATE"])
    state: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    method, path, options = _parse(words)
    state["calls"].append([method, path])
    comments = state["comments"]
    if not os.environ.get("GH_TOKEN") or state.get("refuses"):
        print("gh: Resource not accessible by integration (HTTP 403)", file=sys.stderr)
        return 1
    if method == "GET":
        chosen = options["--jq"].replace("env.MARKER", json.dumps(os.environ["MARKER"]))
        print("\n".join(map(str, jq.compile(chosen).input_value(comments).all())))
    else:
        body = Path(options["--field"].removeprefix("body=@")).read_text(encoding="utf-8")
        if method == "POST":
            user = {"type": "Bot", "login": "github-actions[bot]"}
            comments.append({"id": 100 + len(comments), "user": user, "body": body})
        else:
            [old] = [one for one in comments if path.endswith(f"/{one['id']}")]
            old["body"] = body
    place.write_text(json.dumps(state), encoding="utf-8")
    return 0


def _parse(words: list[str]) -> tuple[str, str, dict[str, str]]:
    assert words[0] == "api"
    options: dict[str, str] = {}
    path = ""
    rest = iter(words[1:])
    for word in rest:
        if word in {"--paginate", "--silent"}:
            continue
        if word.startswith("--"):
            options[word] = next(rest)
        else:
            path = word
    return options.get("--method", "GET"), path, options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
