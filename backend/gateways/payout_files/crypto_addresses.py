"""Addresses of Bitcoin, Ethereum and Tron, taken only with a checksum that is right.

Solana's addresses carry none, so a mistyped one cannot be told: it is not offered. Sources:
BIP 13, 173, 350 and 141 for Bitcoin, EIP-55 for Ethereum, Tron's documentation, "Accounts".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from base58_bech32 import base58, bech32
from base58_bech32.exceptions import Base58Bech32Exception
from Crypto.Hash import keccak

from backend.domain.destinations import CryptoAddress, Network
from backend.errors import Invalid

ADDRESS_LENGTH = 90
"""The longest bech32 text (BIP 173)."""

# The first byte of an address, and how many bytes follow.
_BITCOIN_VERSIONS = (0x00, 0x05)
_TRON_VERSIONS = (0x41,)
_KEY_HASH = 20

_HEX = re.compile(r"0x[0-9a-fA-F]{40}")


def read_crypto(network: str, address: str) -> CryptoAddress:
    """Return an address whose checksum holds. Raises Invalid naming `network` or `address`."""
    try:
        chosen = Network(network.strip().lower())
    except ValueError:
        raise Invalid(
            f"{network[:20]!r} is no network that is paid on.",
            field="network",
            hint=f"It can be one of {', '.join(Network)}.",
        ) from None
    text = address.strip()
    if len(text) > ADDRESS_LENGTH or not text.isascii():
        raise _no_address(chosen)
    return CryptoAddress(network=chosen, address=_READERS[chosen](text))


def _read_bitcoin(text: str) -> str:
    if text[:3].lower() == "bc1":
        return _read_segwit(text)
    return _read_base58(text, Network.BITCOIN, _BITCOIN_VERSIONS)


def _read_tron(text: str) -> str:
    return _read_base58(text, Network.TRON, _TRON_VERSIONS)


def _read_base58(text: str, network: Network, versions: tuple[int, ...]) -> str:
    try:
        raw = base58.b58decode_check(text)
    except Base58Bech32Exception as error:
        raise _no_address(network) from error
    if len(raw) != 1 + _KEY_HASH or raw[0] not in versions:
        raise _no_address(network)
    return text


def _read_segwit(text: str) -> str:
    """Return the address in lower case: BIP 173 allows either case, never both."""
    try:
        prefix, values, constant = bech32.bech32_decode(text)
        program = bytes(bech32.convertbits(values[1:], 5, 8, False))
    except Base58Bech32Exception as error:
        raise _no_address(Network.BITCOIN) from error
    version = values[0] if values else -1
    # BIP 350: version 0 is bech32, each later one bech32m; BIP 141: lengths of programs.
    wanted = bech32.BECH32_1_CONST if version == 0 else bech32.BECH32_M_CONST
    lengths = (20, 32) if version == 0 else range(2, 41)
    is_valid = prefix == "bc" and 0 <= version <= 16 and constant == wanted
    if not is_valid or len(program) not in lengths:
        raise _no_address(Network.BITCOIN)
    return text.lower()


def _read_ethereum(text: str) -> str:
    """Return the address as EIP-55 spells it, which is how it has to be written too."""
    if _HEX.fullmatch(text) is None:
        raise _no_address(Network.ETHEREUM)
    if text != _spell_ethereum(text):
        raise Invalid(
            "That address of Ethereum has no checksum, or a wrong one.",
            field="address",
            hint="Copy it from your wallet with its capital letters (EIP-55).",
        )
    return text


def _spell_ethereum(address: str) -> str:
    """Return the address with the capitals that EIP-55 gives it."""
    digits = address[2:].lower()
    marks = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    pairs = zip(digits, marks, strict=False)
    return "0x" + "".join(char.upper() if mark > "7" else char for char, mark in pairs)


def _no_address(network: Network) -> Invalid:
    return Invalid(
        f"That is no address of {network}, or its checksum is wrong.",
        field="address",
        hint="Copy it from your wallet once more.",
    )


_READERS: dict[Network, Callable[[str], str]] = {
    Network.BITCOIN: _read_bitcoin,
    Network.ETHEREUM: _read_ethereum,
    Network.TRON: _read_tron,
}
