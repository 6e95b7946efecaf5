"""What one shell command installs, and by which installer."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from generator.insight.install.tools import DOCKER, POWERSHELL, SCRIPT, TOOLS, Tool

COMMAND_LIMIT_CHARACTERS = 1000

_DOCKER = re.compile(r"(?:docker|podman|nerdctl) (?:container )?(run|pull|create)(?= )")
_DOCKER_VALUED = """
    -v --volume -p --publish -e --env --env-file --name -w --workdir --network --net --entrypoint
    -u --user --gpus --restart --platform --mount -h --hostname -l --label --add-host -m --memory
    --cpus --shm-size --log-driver --log-opt --runtime --device --cap-add --security-opt --ulimit
    --pull --link --ip --dns --tmpfs --pid --ipc
"""
_SHELL_SCRIPT = re.compile(
    r"\b(?:curl|wget)\b[^|\n]{0,400}\| *(?:sudo (?:-\w+ )*)?(?:env )?"
    r"(?:[A-Z_]+=\S+ )*(?:/bin/)?(?:ba|z|da)?sh\b"
    r"|(?:ba|z)?sh (?:-c )?[\"']?[<$]\((?:curl|wget)\b"
)
_POWERSHELL_SCRIPT = re.compile(
    r"\b(?:irm|iwr|Invoke-RestMethod|Invoke-WebRequest|curl|DownloadString)\b[^|\n]{0,400}"
    r"\| *(?:iex|Invoke-Expression)\b|\biex\b[^|\n]{0,100}\b(?:irm|iwr|DownloadString)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s\"'|)>]{3,300}")
_CHAIN = re.compile(r" ?(?:&&|;) ")
_END = re.compile(r" (?:\||>|<|2>|&) ?")
_LEAD = re.compile(r"^(?:(?:sudo|doas|env|command)(?: -\w+)* |[A-Z_][A-Z0-9_]*=\S* )+")

# Options of pip, uv and cargo that install what lies on the reader's own disk.
_FROM_HERE = frozenset({"--editable", "-r", "--requirement", "--requirements", "--path"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A command that installs something: with what, and what.

    `has_options` marks a special case: a channel, a feature, another source.
    """

    tool: Tool
    packages: tuple[str, ...]
    has_options: bool = False


def recognise(flat: str) -> Recognised | None:
    """Return what a one-line command installs; None when it installs nothing by name."""
    text = flat[:COMMAND_LIMIT_CHARACTERS]
    script = _recognise_script(text)
    if script:
        return script
    bare = _LEAD.sub("", text)
    # The last step of a chain is the one that installs: `apt update && apt install x`.
    bare = _LEAD.sub("", _CHAIN.split(bare)[-1])
    if _DOCKER.match(bare):
        return _recognise_image(bare)
    for tool in TOOLS:
        match = tool.pattern.match(bare)
        if match:
            return _read_arguments(tool, bare[match.end() :])
    return None


def _recognise_script(text: str) -> Recognised | None:
    for pattern, tool in ((_POWERSHELL_SCRIPT, POWERSHELL), (_SHELL_SCRIPT, SCRIPT)):
        if pattern.search(text):
            return Recognised(tool=tool, packages=tuple(_URL.findall(text)))
    return None


def _recognise_image(text: str) -> Recognised | None:
    """The image is the first argument that is neither an option nor the value of one.

    A command that only pulls counts as special, so that one that runs the image wins over it.
    """
    valued = frozenset(_DOCKER_VALUED.split())
    words = iter(_split(text)[2:])
    for word in words:
        if word in valued:
            next(words, None)
        elif not word.startswith("-"):
            return Recognised(tool=DOCKER, packages=(word,), has_options=" pull " in text)
    return None


def _read_arguments(tool: Tool, rest: str) -> Recognised | None:
    words = iter(_split(_END.split(f" {rest}")[0]))
    packages: list[str] = []
    has_options = False
    for word in words:
        if word in _FROM_HERE:
            return None
        if word in tool.valued:
            has_options = True
            next(words, None)
        elif word.startswith("-"):
            has_options = has_options or word not in {"-U", "--upgrade", "--locked", "-y", "-g"}
        else:
            packages.append(word)
    named = tuple(word for word in packages if not _is_local(word))
    return Recognised(tool=tool, packages=named, has_options=has_options) if named else None


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


_LOCAL_STARTS = ("./", "../", "/", "~", "<", "$", ".[", "{")
_FILE_ENDS = (".deb", ".rpm", ".whl", ".tar.gz", ".tgz", ".txt", ".zip", ".apk", ".snap")


def _is_local(word: str) -> bool:
    """A path of the reader's own machine, or a placeholder to fill in."""
    if word in {".", "..", "./..."} or word.startswith(_LOCAL_STARTS):
        return True
    return word.endswith(_FILE_ENDS) and "://" not in word
