"""Which language a file is written in by its name, and which files are not the project's code.

Names and rules follow GitHub's Linguist where a name alone can decide: data and prose are no code,
and vendored, generated and documentation files are not counted.
"""

from __future__ import annotations

import re

_BY_LANGUAGE = """
    Ada: adb ads
    Agda: agda
    Assembly: asm s nasm
    Astro: astro
    Awk: awk
    Batchfile: bat cmd
    C: c idc
    C#: cs csx
    C++: cpp cc cxx c++ hpp hh hxx h++ ipp tpp inl
    CMake: cmake
    CSS: css
    Clojure: clj cljs cljc
    COBOL: cob cbl
    CoffeeScript: coffee
    Common Lisp: lisp lsp cl
    Crystal: cr
    Cuda: cu cuh
    Cython: pyx pxd
    D: d di
    Dart: dart
    Dhall: dhall
    Elixir: ex exs
    Elm: elm
    Emacs Lisp: el
    Erlang: erl hrl
    F#: fs fsi fsx
    Fennel: fnl
    Fish: fish
    Fortran: f f90 f95 f03 f08 for
    GDScript: gd
    GLSL: glsl vert frag geom comp
    Gherkin: feature
    Gleam: gleam
    Go: go
    Groovy: groovy gradle
    HCL: hcl tf
    HLSL: hlsl fx
    HTML: html htm xhtml
    Handlebars: hbs handlebars
    Haskell: hs lhs
    Haxe: hx
    Idris: idr
    Java: java
    JavaScript: js mjs cjs jsx es6
    Jinja: j2 jinja jinja2
    Julia: jl
    Jupyter Notebook: ipynb
    Just: just
    Kotlin: kt kts
    Less: less
    Liquid: liquid
    Lua: lua
    M4: m4
    MATLAB: matlab
    MDX: mdx
    Makefile: mk mak
    Meson: meson
    Metal: metal
    Mojo: mojo
    Nim: nim
    Nix: nix
    Nunjucks: njk
    Nushell: nu
    OCaml: ml mli mll mly
    Objective-C++: mm
    Odin: odin
    PHP: php phtml
    PLpgSQL: pgsql
    Pascal: pas pp dpr lpr
    Perl: pl pm
    PowerShell: ps1 psm1 psd1
    Prolog: prolog
    Pug: pug jade
    Puppet: puppet
    PureScript: purs
    Python: py pyi pyw
    QML: qml
    R: r
    Racket: rkt
    Reason: re rei
    ReScript: res resi
    Roff: roff man
    Ruby: rb rake gemspec ru
    Rust: rs
    SCSS: scss
    SQL: sql
    Sass: sass
    Scala: scala sc
    Scheme: scm ss
    Shell: sh bash zsh ksh
    Smarty: smarty
    Solidity: sol
    Standard ML: sml
    Starlark: bzl star
    Stylus: styl
    Svelte: svelte
    Swift: swift
    SystemVerilog: sv svh
    TLA: tla
    Tcl: tcl
    TeX: tex sty cls
    Twig: twig
    TypeScript: ts tsx mts cts
    Typst: typ
    VBA: vba bas
    VHDL: vhd vhdl
    Vala: vala vapi
    Verilog: vh
    Vim Script: vim
    Visual Basic .NET: vb
    Vue: vue
    WGSL: wgsl
    WebAssembly: wat wast
    Wren: wren
    Zig: zig
"""

_BY_FILE_NAME = {
    "makefile": "Makefile",
    "gnumakefile": "Makefile",
    "dockerfile": "Dockerfile",
    "containerfile": "Dockerfile",
    "cmakelists.txt": "CMake",
    "rakefile": "Ruby",
    "gemfile": "Ruby",
    "vagrantfile": "Ruby",
    "justfile": "Just",
    "meson.build": "Meson",
    "build.bazel": "Starlark",
    "workspace": "Starlark",
    "jenkinsfile": "Groovy",
    ".vimrc": "Vim Script",
    "pkgbuild": "Shell",
}

# Suffixes that two languages share: the one whose own suffix the repository has more of wins.
CONTESTED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "h": (("C", ("c",)), ("C++", ("cpp", "cc", "cxx", "hpp")), ("Objective-C", ("m", "mm"))),
    "m": (("Objective-C", ("mm", "swift", "xib", "plist")), ("MATLAB", ("mlx", "mat", "matlab"))),
    "v": (("Verilog", ("vh", "sv", "vhd")), ("V", ("vsh",)), ("Rocq", ("vos", "opam"))),
    "inc": (("PHP", ("php",)), ("C++", ("cpp", "hpp")), ("Assembly", ("asm",))),
    "pro": (("Prolog", ("prolog",)), ("QMake", ("qml", "ui"))),
}

_VENDORED = re.compile(
    r"(?:^|/)(?:node_modules|bower_components|jspm_packages|vendors?|third[-_]?party|3rd[-_]?party"
    r"|extern(?:al)?|godeps|_vendor|\.yarn|\.pnp\.\w+|dist|deps|testdata|fixtures|__snapshots__"
    r"|carthage|pods|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|configure|config\.(?:guess|sub)|ltmain\.sh"
    r"|aclocal\.m4|waf|erlang\.mk|\.vscode|\.idea|cache)(?:/|$)"
    r"|(?:^|/)(?:jquery|bootstrap|d3|mathjax|prototype|underscore|backbone|modernizr|normalize"
    r"|font-?awesome|foundation|react|vue|angular|htmlx|htmx|codemirror|leaflet|highlight)"
    r"(?:[-.]\d[\w.-]*)?(?:\.min|\.slim|\.bundle)?\.(?:js|css|scss|less)$"
    r"|^debian/|\.d\.ts$|\.framework/",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"\.min\.(?:js|css)$|[-.]min\.(?:js|css)$|\.bundle\.js$|_pb2(?:_grpc)?\.pyi?$|\.pb\.(?:go|cc|h)$"
    r"|\.pb\.gw\.go$|\.g\.dart$|\.freezed\.dart$|\.designer\.cs$|\.generated\.\w+$|_generated\.\w+$"
    r"|zz_generated\.[\w.]+$|\.gen\.(?:go|ts|rs)$|\.xcworkspace|package-lock\.json$|(?:^|/)\.pnp\.",
    re.IGNORECASE,
)
_DOCUMENTATION = re.compile(
    r"^(?:docs?|man|examples?|demos?|samples?)/|(?:^|/)(?:documentation|javadoc|groovydoc)/",
    re.IGNORECASE,
)


def _read_table() -> dict[str, str]:
    table = {"m": "Objective-C"}
    for line in _BY_LANGUAGE.strip().splitlines():
        name, _, suffixes = line.strip().partition(": ")
        table.update(dict.fromkeys(suffixes.split(), name))
    return table


LANGUAGE_BY_SUFFIX = _read_table()


def find_language(path: str) -> str | None:
    """Return the language that the file's name tells, None for data, prose and the unknown."""
    name = path.rpartition("/")[2].casefold()
    if name in _BY_FILE_NAME:
        return _BY_FILE_NAME[name]
    if name.startswith("dockerfile.") or name.endswith(".dockerfile"):
        return "Dockerfile"
    return LANGUAGE_BY_SUFFIX.get(suffix_of(path))


def suffix_of(path: str) -> str:
    """Return the last suffix, folded and without its dot; empty when there is none."""
    name = path.rpartition("/")[2].casefold()
    return name.rpartition(".")[2] if "." in name[1:] else ""


def is_counted(path: str) -> bool:
    """Whether a file is the project's own code: not vendored, generated or documentation."""
    return not (_VENDORED.search(path) or _GENERATED.search(path) or _DOCUMENTATION.search(path))
