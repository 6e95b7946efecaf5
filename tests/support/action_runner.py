"""Runs the shell steps of a composite action as a runner does, without the actions it uses.

Expressions are those that our own files use: contexts, texts, `==`, `!=`, `&&`, `||`, `!`
and the status functions.
Source: docs.github.com, "Evaluate expressions" and "Workflow commands".
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|!|[()]|[\w.-]+)")
_PYTHON = {"&&": "and", "||": "or", "!": "not ", "==": "==", "!=": "!=", "(": "(", ")": ")"}
STEP_SECONDS = 240


@dataclass(slots=True, kw_only=True)
class StepRun:
    """What one step did. `status` None: its condition did not hold."""

    name: str
    status: int | None = None
    output: str = ""


@dataclass(slots=True, kw_only=True)
class ActionRun:
    """What a run of the whole action did, by the names of its steps."""

    steps: dict[str, StepRun] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    inner: dict[str, dict[str, str]] = field(default_factory=dict)
    """The outputs of the steps, by their ids."""
    summary: str = ""

    @property
    def failed(self) -> list[str]:
        return [name for name, step in self.steps.items() if step.status]

    @property
    def log(self) -> str:
        return "\n".join(f"== {step.name}\n{step.output}" for step in self.steps.values())


def run_action(
    action: Path,
    *,
    workspace: Path,
    scratch: Path,
    github: Mapping[str, Any],
    inputs: Mapping[str, str],
    used: Mapping[str, Mapping[str, str]],
    environ: Mapping[str, str],
) -> ActionRun:
    """Run an action's steps in order in `workspace` and return what they did.

    `used` gives the outputs of the steps that are not run, by id: those that use other actions, and
    what the test has ready.
    """
    text = yaml.safe_load(action.read_text(encoding="utf-8"))
    (scratch / "temp").mkdir(parents=True)
    context: dict[str, Any] = {
        "github": github,
        "runner": {"os": "Linux", "temp": str(scratch / "temp")},
        "inputs": {
            name: inputs.get(name, expand(str(declared.get("default", "")), {"github": github}))
            for name, declared in text["inputs"].items()
        },
        "steps": {name: {"outputs": dict(values)} for name, values in used.items()},
    }
    summary = scratch / "summary.md"
    summary.touch()
    base = {
        **environ,
        "GITHUB_ACTION_PATH": str(action.parent),
        "GITHUB_REPOSITORY": str(github["repository"]),
        "GITHUB_STEP_SUMMARY": str(summary),
        "RUNNER_TEMP": str(scratch / "temp"),
    }
    run = ActionRun()
    for number, step in enumerate(text["runs"]["steps"]):
        if "run" in step and step.get("id") not in used:
            done = _run_step(
                step,
                context=context,
                base=base,
                output=scratch / f"output{number}",
                workspace=workspace,
                so_far=run,
            )
            run.steps[done.name] = done
    run.inner = {name: values["outputs"] for name, values in context["steps"].items()}
    run.summary = summary.read_text(encoding="utf-8")
    run.outputs = {name: expand(value["value"], context) for name, value in text["outputs"].items()}
    return run


def _run_step(
    step: Mapping[str, Any],
    *,
    context: dict[str, Any],
    base: Mapping[str, str],
    output: Path,
    workspace: Path,
    so_far: ActionRun,
) -> StepRun:
    done = StepRun(name=step["name"])
    condition = str(step.get("if", "success()"))
    if not _holds(condition, context, has_failed=bool(so_far.failed)):
        return done
    output.touch()
    variables = {name: expand(str(value), context) for name, value in step.get("env", {}).items()}
    assert step["shell"] == "bash"
    process = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=workspace,
        env={**base, **variables, "GITHUB_OUTPUT": str(output)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_SECONDS,
        check=False,
    )
    done.status, done.output = process.returncode, process.stdout
    if "id" in step:
        context["steps"][step["id"]] = {"outputs": _read_output(output)}
    return done


def _read_output(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _holds(condition: str, context: Mapping[str, Any], *, has_failed: bool) -> bool:
    """Say whether a step runs; without a status function `success()` is meant as well."""
    inner = condition.removeprefix("${{").removesuffix("}}")
    is_explicit = re.search(r"\b(?:success|failure|always|cancelled)\(\)", inner)
    if has_failed and not is_explicit:
        return False
    states = {"success()": not has_failed, "failure()": has_failed, "always()": True}
    for call, state in {**states, "cancelled()": False}.items():
        inner = inner.replace(call, "'true'" if state else "''")
    return bool(evaluate(inner, context))


def expand(text: str, context: Mapping[str, Any]) -> str:
    """Return the text with its `${{ … }}` replaced."""
    return _EXPRESSION.sub(lambda found: str(evaluate(found[1], context)), text)


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """Return the value of an expression; what is not there is the empty text."""
    words = _TOKEN.findall(expression)
    assert "".join(words) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", expression)
    names: dict[str, Any] = {}
    parts = []
    for word in words:
        if word in _PYTHON:
            parts.append(_PYTHON[word])
        else:
            name = f"value{len(names)}"
            names[name] = word[1:-1].replace("''", "'") if word[0] == "'" else _find(word, context)
            parts.append(name)
    return eval(" ".join(parts), {"__builtins__": {}}, names)  # noqa: S307  our own files


def _find(path: str, context: Any) -> Any:
    for part in path.split("."):
        context = context.get(part, "") if isinstance(context, Mapping) else ""
    return context
