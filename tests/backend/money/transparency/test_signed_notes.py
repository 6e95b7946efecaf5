"""Notes, checkpoints and tiles, in the formats of C2SP."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.checkpoints import Checkpoint, open_checkpoint, origin_of, sign_checkpoint
from backend.domain.merkle import EMPTY_ROOT
from backend.domain.signed_notes import Signer, open_note, parse_verifier
from backend.domain.tiles import (
    Tile,
    bundle,
    edge,
    grow,
    parse_path,
    path_of,
    places,
    unbundle,
    width_of,
)
from backend.errors import Invalid

# The example of the Go package golang.org/x/mod/sumdb/note, which the format comes from.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501  one line
)
SIGNER = Signer.of("example.org/log", bytes(range(32)))


def test_a_note_that_go_signed_is_read_and_checked() -> None:
    verifier = parse_verifier(PETER)
    assert str(verifier) == PETER
    assert open_note(PETER_NOTE, verifier).startswith("If you think cryptography")
    with pytest.raises(Invalid, match="does not fit"):
        open_note(PETER_NOTE.replace("answer", "question"), verifier)


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    note = sign_checkpoint(Checkpoint(origin=SIGNER.name, size=7, root=EMPTY_ROOT), SIGNER)
    text, signature = note.split("\n\n")
    assert text == "example.org/log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert signature.startswith("— example.org/log ")
    assert open_checkpoint(note, SIGNER.verifier).size == 7


def test_signatures_of_others_beside_the_logs_own_change_nothing() -> None:
    note = sign_checkpoint(Checkpoint(origin=SIGNER.name, size=7, root=EMPTY_ROOT), SIGNER)
    witness = Signer.of("witness.example", bytes(32)).sign(note.split("\n\n")[0] + "\n")
    both = witness + note.split("\n\n")[1]
    assert open_checkpoint(both, SIGNER.verifier).size == 7
    with pytest.raises(Invalid, match=r"signed by witness\.example, not with the key"):
        open_checkpoint(witness, SIGNER.verifier)


def test_a_changed_note_is_refused_wherever_it_was_changed() -> None:
    note = sign_checkpoint(Checkpoint(origin=SIGNER.name, size=7, root=EMPTY_ROOT), SIGNER)
    for at in range(len(note)):
        for other in "8\n ":
            changed = note[:at] + other + note[at + 1 :]
            if changed == note:
                continue
            with pytest.raises(Invalid):
                open_checkpoint(changed, SIGNER.verifier)


@given(st.text(max_size=200))
def test_any_text_is_a_note_or_refused(text: str) -> None:
    for note in (text, f"{text}\n\n— example.org/log {text}\n"):
        with pytest.raises(Invalid):
            open_note(note, SIGNER.verifier)
    with pytest.raises(Invalid):
        parse_verifier(text)


@pytest.mark.parametrize("body", ["a\n1\n", "example.org/log\n01\nAAAA\n", "example.org/log\n-1\n"])
def test_signed_texts_that_are_no_checkpoints_are_refused(body: str) -> None:
    with pytest.raises(Invalid, match="holds no checkpoint"):
        open_checkpoint(SIGNER.sign(body), SIGNER.verifier)


def test_a_checkpoint_of_another_log_is_refused_although_the_key_fits() -> None:
    other = Checkpoint(origin="other.example/log", size=1, root=EMPTY_ROOT)
    with pytest.raises(Invalid, match=r"of 'other\.example/log', not of example\.org/log"):
        open_checkpoint(sign_checkpoint(other, SIGNER), SIGNER.verifier)


def test_keys_whose_parts_do_not_fit_are_refused() -> None:
    name, key_id, key = str(SIGNER.verifier).split("+", 2)
    mldsa = base64.b64encode(b"\x06" + bytes(32)).decode()
    for wrong in (f"{name}x+{key_id}+{key}", f"{name}+00000000+{key}", f"{name}+{key_id}+{mldsa}"):
        with pytest.raises(Invalid, match="no key of a log"):
            parse_verifier(wrong)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://4site.example", "4site.example/log"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000/log"),
        ("https://Example.org/grow", "example.org/grow/log"),
    ],
)
def test_a_log_is_named_after_where_it_is(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_paths_are_those_of_the_specification() -> None:
    # Its own example is the tile 1234067, and a tree of 70 000 leaves.
    assert path_of(0, 1234067, 256) == "tile/0/x001/x234/067"
    assert path_of(None, 273, 112) == "tile/entries/273.p/112"
    paths = [path_of(*place) for place in places(70_000)]
    assert len(paths) == 274 + 2 + 1
    assert paths[-4:] == ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert path_of(0, 1000, 1) == "tile/0/x001/000.p/1"


@given(st.integers(0, 5) | st.none(), st.integers(0, 10**9), st.integers(1, 256))
def test_each_path_is_read_back(level: int | None, index: int, width: int) -> None:
    assert parse_path(path_of(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/x000/001", "tile/6/000",
     "tile/0/000.p/01", "tile/0/../000", "tile/0/-01", "tile/00/000", "tile/0/٠٠٠", "tile/x/000",
     "tile/0/001/000", "tile/0/x001", "tile/0/000\n"],
)  # fmt: skip
def test_other_spellings_are_no_paths(path: str) -> None:
    assert parse_path(path) is None


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_tiles_grown_in_any_steps_are_those_grown_at_once(steps: list[int]) -> None:
    leaves = [number.to_bytes(32, "big") for number in range(sum(steps))]
    kept: dict[tuple[int, int], Tile] = {}
    size = 0
    for step in steps:
        partial = {place: kept[place] for place in edge(size)}
        for tile in grow(partial, size, leaves[size : size + step]):
            kept[tile.level, tile.index] = tile
        size += step
    at_once = {(tile.level, tile.index): tile for tile in grow({}, 0, leaves)}
    assert kept == at_once
    assert [(level, index, kept[level, index].width) for level, index, _ in places(size)] == list(
        places(size)
    )
    assert width_of(0, size // 256 + 1, size) == 0


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_bundles_are_read_back_and_cut_ones_refused(leaves: list[bytes]) -> None:
    data = bundle(leaves)
    assert unbundle(data) == leaves
    if data:
        with pytest.raises(ValueError, match="ends within a leaf"):
            unbundle(data + b"\x01")
