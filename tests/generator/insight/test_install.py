"""Install methods come from the project's own words, or from a manifest that is proven public."""

from __future__ import annotations

import pytest

from generator.insight.install.commands import read_commands
from generator.insight.install.recognition import recognise
from generator.insight.outline import CodeBlock
from generator.insight.read import read_insight
from generator.model.forge import parse_forge
from generator.model.insight import InstallMethod, Platform
from generator.settings import Settings
from tests.generator.insight.conftest import MakeRepository

PYPROJECT = '[build-system]\nrequires = []\n[project]\nname = "gizmo"\n'
TOOL = PYPROJECT + '[project.scripts]\ngizmo = "g:m"\n'


def methods_of(make_repository: MakeRepository, contents: dict[str, str]) -> list[InstallMethod]:
    return list(read_insight(make_repository(contents), Settings(), warn=lambda _: None).install)


def commands_of(make_repository: MakeRepository, readme: str, **files: str) -> dict[str, str]:
    contents = {
        "README.md": readme,
        **{name.replace("__", "."): text for name, text in files.items()},
    }
    return {
        method.label: "\n".join(method.commands) for method in methods_of(make_repository, contents)
    }


def fenced(*lines: str, heading: str = "## Install", language: str = "sh") -> str:
    body = "\n".join(lines)
    return f"# Gizmo\n\n{heading}\n\n```{language}\n{body}\n```\n"


@pytest.mark.parametrize(
    ("command", "label", "packages"),
    [
        ("pip install gizmo", "pip", ("gizmo",)),
        ("python3 -m pip install -U 'gizmo[cli]'", "pip", ("gizmo[cli]",)),
        ("uv tool install gizmo", "uv", ("gizmo",)),
        ("npm install -g @ada/gizmo", "npm", ("@ada/gizmo",)),
        ("npm i --save-dev gizmo", "npm", ("gizmo",)),
        ("yarn global add gizmo", "Yarn", ("gizmo",)),
        ("cargo install --locked gizmo", "Cargo", ("gizmo",)),
        ("cargo +nightly install gizmo", "Cargo", ("gizmo",)),
        ("CGO_ENABLED=0 go install -tags x x.test/gizmo@latest", "Go", ("x.test/gizmo@latest",)),
        ("sudo apt-get -y install gizmo", "APT", ("gizmo",)),
        ("sudo apt update && sudo apt install gizmo", "APT", ("gizmo",)),
        ("conda install -c conda-forge gizmo", "Conda", ("gizmo",)),
        ("winget install --id Ada.Gizmo -e", "WinGet", ("Ada.Gizmo",)),
        ("docker run --rm -p 1:2 -v $PWD:/x ada/gizmo:1 serve", "Docker", ("ada/gizmo:1",)),
        ("nix-env -iA nixpkgs.gizmo", "Nix", ("nixpkgs.gizmo",)),
        ("nix profile install nixpkgs#gizmo", "Nix", ("nixpkgs#gizmo",)),
        ("curl -sSf https://gizmo.test/install.sh | sudo bash -s -- -b", "Script", ("https://gizmo.test/install.sh",)),
        ('bash -c "$(curl -fsSL https://gizmo.test/i)"', "Script", ("https://gizmo.test/i",)),
        ("irm https://gizmo.test/i.ps1 | iex", "PowerShell", ("https://gizmo.test/i.ps1",)),
        ("brew install --cask gizmo", "Homebrew", ("gizmo",)),
        ("brew install ada/tap/gizmo", "Homebrew", ("ada/tap/gizmo",)),
        ("dotnet tool install -g Gizmo", ".NET", ("Gizmo",)),
        ("dart pub global activate gizmo", "Dart", ("gizmo",)),
        ("composer require ada/gizmo", "Composer", ("ada/gizmo",)),
        ("helm install my ada/gizmo --namespace x", "Helm", ("my", "ada/gizmo")),
    ],
)  # fmt: skip
def test_a_command_says_by_what_and_what_it_installs(
    command: str, label: str, packages: tuple[str, ...]
) -> None:
    found = recognise(command)
    assert found is not None
    assert (found.tool.label, found.packages) == (label, packages)


@pytest.mark.parametrize(
    "command",
    [
        *("pip install -e .", "pip install .", "pip install -r requirements.txt", "npm install"),
        *("cargo install --path .", "go install ./...", "make install", "git clone x", "yarn"),
        *(
            "pip install ./dist/gizmo.whl",
            "apt install ./gizmo.deb",
            "bundle install",
            "brew update",
        ),
        *("pip", "docker compose up", "curl -O https://x.test/gizmo.tar.gz", "npm run build", ""),
    ],
)
def test_setting_up_a_checkout_installs_nothing_by_name(command: str) -> None:
    assert recognise(command) is None


def block(*lines: str, language: str = "") -> CodeBlock:
    return CodeBlock(section=(), language=language, lines=lines, line=1)


@pytest.mark.parametrize(
    ("lines", "commands"),
    [
        (("$ pip install gizmo", "Collecting gizmo", "$ gizmo"), ["pip install gizmo", "gizmo"]),
        (("PS C:\\Users\\ada> scoop install gizmo",), ["scoop install gizmo"]),
        (("PS> scoop install gizmo",), ["scoop install gizmo"]),
        (("C:\\> choco install gizmo",), ["choco install gizmo"]),
        (("ada@box:~$ pip install gizmo",), ["pip install gizmo"]),
        (("% brew install gizmo",), ["brew install gizmo"]),
        (("> npm install gizmo",), ["npm install gizmo"]),
        (("❯ npm install gizmo",), ["npm install gizmo"]),
        (("# apt install gizmo",), ["apt install gizmo"]),
        (("# Debian and Ubuntu", "sudo apt install gizmo"), ["sudo apt install gizmo"]),
        (("pip install gizmo  # the newest",), ["pip install gizmo"]),
        (('echo "a # b"',), ['echo "a # b"']),
        (("!pip install gizmo",), ["pip install gizmo"]),
    ],
)
def test_prompts_output_and_comments_are_dropped(
    lines: tuple[str, ...], commands: list[str]
) -> None:
    assert [command.text for run in read_commands(block(*lines)) for command in run] == commands


def test_a_command_over_several_lines_keeps_its_breaks() -> None:
    run = read_commands(block("docker run \\", "  -p 1:2 \\", "  ada/gizmo"))[0]
    assert [(command.text, command.flat) for command in run] == [
        ("docker run \\\n  -p 1:2 \\\n  ada/gizmo", "docker run -p 1:2 ada/gizmo")
    ]


def test_a_program_listing_holds_no_commands() -> None:
    assert read_commands(block("pip install gizmo", language="python")) == []


def test_the_readmes_commands_come_with_file_and_line(make_repository: MakeRepository) -> None:
    contents = {"README.md": fenced("# comment", "pip install gizmo")}
    method = methods_of(make_repository, contents)[0]
    assert (method.tool, method.commands) == ("pip", ("pip install gizmo",))
    assert str(method.origin) == "README.md:7"


def test_other_clients_of_the_registry_follow_the_named_one(
    make_repository: MakeRepository,
) -> None:
    assert commands_of(make_repository, fenced("pip install gizmo")) == {
        "pip": "pip install gizmo",
        "uv": "uv add gizmo",
    }


def test_a_program_is_installed_as_a_tool(make_repository: MakeRepository) -> None:
    found = commands_of(make_repository, fenced("pip install gizmo"), pyproject__toml=TOOL)
    assert found == {
        **{"pip": "pip install gizmo", "uv": "uv tool install gizmo"},
        "pipx": "pipx install gizmo",
    }


def test_npm_clients_keep_the_flags(make_repository: MakeRepository) -> None:
    assert commands_of(make_repository, fenced("npm install --save-dev gizmo")) == {
        "npm": "npm install --save-dev gizmo",
        "pnpm": "pnpm add -D gizmo",
        "Yarn": "yarn add -D gizmo",
        "Bun": "bun add -d gizmo",
    }
    assert "Yarn" not in commands_of(make_repository, fenced("npm i -g gizmo"))


def test_what_the_readme_says_is_not_said_again_in_other_words(
    make_repository: MakeRepository,
) -> None:
    found = commands_of(make_repository, fenced("npm install gizmo", "yarn add gizmo --exact"))
    assert found["Yarn"] == "yarn add gizmo --exact"


@pytest.mark.parametrize(
    "readme",
    [
        fenced("pip install torch numpy"),
        fenced("sudo apt install ffmpeg", heading="## Requirements"),
        fenced("npm install -g portless"),
        fenced("git clone https://github.com/ada/gizmo", "cd gizmo", "pip install -e ."),
        fenced("docker run --rm gizmo-builder", heading="## How to build"),
        fenced("curl https://sh.rustup.rs -sSf | sh"),
        fenced("brew upgrade gizmo", "pip uninstall gizmo"),
    ],
)
def test_dependencies_and_development_are_no_install_methods(
    make_repository: MakeRepository, readme: str
) -> None:
    assert commands_of(make_repository, readme) == {}


@pytest.mark.parametrize("heading", ["## Latest release", "## Deploy", "# Start", "## 安装"])
def test_the_projects_own_command_counts_under_any_other_heading(
    make_repository: MakeRepository, heading: str
) -> None:
    readme = fenced("docker run ada/gizmo", heading=heading)
    assert commands_of(make_repository, readme) == {"Docker": "docker run ada/gizmo"}


def test_a_plugin_with_the_projects_name_does_not_stand_for_it(
    make_repository: MakeRepository,
) -> None:
    readme = fenced("npm install -g gizmo-generator@4") + fenced("npm install gizmo")
    assert commands_of(make_repository, readme)["npm"] == "npm install gizmo"


def test_inline_code_and_tables_are_read(make_repository: MakeRepository) -> None:
    readme = (
        "# Gizmo\n\n## Install\n\nUse `pip install gizmo`, or:\n\n"
        "| Fedora | `dnf copr enable ada/gizmo` <br /> `dnf install gizmo` |\n"
        "| any | `curl -sS https://gizmo.sh/i \\| sh` |\n"
    )
    found = commands_of(make_repository, readme)
    assert found["pip"] == "pip install gizmo"
    assert found["DNF"] == "dnf copr enable ada/gizmo\ndnf install gizmo"
    assert found["Script"] == "curl -sS https://gizmo.sh/i | sh"


def test_taps_and_keys_stay_before_their_command(make_repository: MakeRepository) -> None:
    readme = fenced("brew tap ada/gizmo", "brew install gizmo") + fenced(
        "curl https://gizmo.test/key.gpg | sudo tee /etc/apt/keyrings/gizmo.gpg",
        "sudo apt update",
        "sudo apt install gizmo",
    )
    found = commands_of(make_repository, readme)
    assert found["Homebrew"] == "brew tap ada/gizmo\nbrew install gizmo"
    assert found["APT"].count("\n") == 2


def test_systems_are_labelled(make_repository: MakeRepository) -> None:
    readme = fenced(
        *("brew install gizmo", "scoop install gizmo", "sudo pacman -S gizmo", "pkg install gizmo"),
        "irm https://gizmo.test/i.ps1 | iex",
    )
    contents = {"README.md": readme}
    platforms = {method.label: method.platforms for method in methods_of(make_repository, contents)}
    assert platforms == {
        "PowerShell": (Platform.WINDOWS,),
        "Homebrew": (Platform.MACOS, Platform.LINUX),
        "Scoop": (Platform.WINDOWS,),
        "pacman": (Platform.LINUX,),
        "pkg": (Platform.FREEBSD,),
    }


def test_the_projects_own_script_comes_first_and_a_strangers_does_not(
    make_repository: MakeRepository,
) -> None:
    own = "curl -fsSL https://gizmo.dev/i.sh | sh"
    strange = "curl -sS https://webi.sh/gizmo | sh"
    for script, first in ((own, "Script"), (strange, "Homebrew")):
        readme = fenced("brew install gizmo", script)
        labels = list(commands_of(make_repository, readme))
        assert labels[0] == first
        assert set(labels) == {"Homebrew", "Script"}


def test_there_are_at_most_ten_tabs_and_rare_ones_stand_last(
    make_repository: MakeRepository,
) -> None:
    readme = fenced(
        *("port install gizmo", "emerge app-misc/gizmo", "guix install gizmo", "apk add gizmo"),
        *("xbps-install gizmo", "eopkg install gizmo", "brew install gizmo", "apt install gizmo"),
        *(
            "dnf install gizmo",
            "pacman -S gizmo",
            "cargo install gizmo",
            "winget install Ada.Gizmo",
        ),
        *("scoop install gizmo", "snap install gizmo"),
    )
    labels = list(commands_of(make_repository, readme))
    assert labels == [
        *("Homebrew", "APT", "DNF", "pacman", "Cargo", "WinGet", "Scoop", "Snap"),
        *("MacPorts", "apk"),
    ]


@pytest.mark.parametrize(
    ("proof", "path"),
    [
        ("[x](https://pypi.org/project/gizmo/)", "README.md"),
        ("![v](https://img.shields.io/pypi/v/Gizmo.svg)", "README.md"),
        ("![v](https://badge.fury.io/py/gizmo)", "README.md"),
        ("- uses: pypa/gh-action-pypi-publish@release/v1", ".github/workflows/release.yml"),
        ("- run: uv publish", ".github/workflows/release.yml"),
    ],
)
def test_a_manifest_counts_where_publication_is_shown(
    make_repository: MakeRepository, proof: str, path: str
) -> None:
    contents = {"README.md": "# Gizmo\n", "pyproject.toml": PYPROJECT}
    methods = methods_of(make_repository, contents | {path: f"# Gizmo\n{proof}\n"})
    assert [method.commands for method in methods] == [("pip install gizmo",), ("uv add gizmo",)]
    assert str(methods[0].origin) == "pyproject.toml:4"


@pytest.mark.parametrize(
    "text",
    [
        "# Gizmo\n",
        "[x](https://pypi.org/project/gizmo-extra/)",
        "[x](https://pypi.org/project/other/)",
        "![v](https://img.shields.io/npm/v/gizmo)",
    ],
)
def test_a_manifest_without_proof_offers_nothing(
    make_repository: MakeRepository, text: str
) -> None:
    assert methods_of(make_repository, {"README.md": text, "pyproject.toml": PYPROJECT}) == []


@pytest.mark.parametrize(
    ("path", "manifest", "proof", "command"),
    [
        ("package.json", '{"name": "@ada/gizmo", "main": "x"}', "npmjs.com/package/@ada/gizmo",
         "npm install @ada/gizmo"),
        ("package.json", '{"name": "gizmo", "bin": "x"}', "npmjs.com/package/gizmo",
         "npm install -g gizmo"),
        ("Cargo.toml", '[package]\nname = "gizmo"\n', "crates.io/crates/gizmo", "cargo add gizmo"),
        ("Cargo.toml", '[package]\nname = "gizmo"\n[[bin]]\nname = "g"\n', "docs.rs/gizmo",
         "cargo install gizmo"),
        ("gizmo.gemspec", "Gem::Specification.new do |s|\n s.name = 'gizmo'\nend",
         "rubygems.org/gems/gizmo", "gem install gizmo"),
        ("composer.json", '{"name": "ada/gizmo"}', "packagist.org/packages/ada/gizmo",
         "composer require ada/gizmo"),
        ("Gizmo.csproj", "<Project><PropertyGroup></PropertyGroup></Project>",
         "nuget.org/packages/Gizmo", "dotnet add package Gizmo"),
        ("pubspec.yaml", "name: gizmo\n", "pub.dev/packages/gizmo", "dart pub add gizmo"),
    ],
)  # fmt: skip
def test_every_registry_has_its_command(
    make_repository: MakeRepository, path: str, manifest: str, proof: str, command: str
) -> None:
    contents = {"README.md": f"[x](https://{proof})\n", path: manifest}
    assert methods_of(make_repository, contents)[0].commands == (command,)


def test_a_private_package_is_never_offered(make_repository: MakeRepository) -> None:
    contents = {
        "README.md": "[x](https://npmjs.com/package/gizmo)",
        "package.json": '{"name": "gizmo", "private": true}',
    }
    assert methods_of(make_repository, contents) == []


def test_a_go_module_at_a_public_forge_is_published(make_repository: MakeRepository) -> None:
    module = {"go.mod": "module github.com/ada/gizmo\n", "main.go": "package main\n"}
    commands = [method.commands for method in methods_of(make_repository, module)]
    assert commands == [("go install github.com/ada/gizmo@latest",)]
    fork = make_repository(module, forge=parse_forge("https://github.com/eve/gizmo"))
    assert read_insight(fork, Settings(), warn=lambda _: None).install == ()
    folder = make_repository(module, forge=None)
    assert read_insight(folder, Settings(), warn=lambda _: None).install == ()


def test_the_docs_are_asked_where_the_readme_says_nothing(make_repository: MakeRepository) -> None:
    contents = {
        "README.md": "# Gizmo\n",
        "docs/installation.rst": "Install\n=======\n\n::\n\n    $ pip install gizmo\n",
    }
    method = methods_of(make_repository, contents)[0]
    assert (method.tool, str(method.origin)) == ("pip", "docs/installation.rst:6")
