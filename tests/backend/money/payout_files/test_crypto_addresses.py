"""Addresses are taken with a right checksum alone: the vectors of BIP 173, BIP 350 and EIP-55."""

from __future__ import annotations

import pytest

from backend.domain.destinations import CryptoAddress, Method
from backend.errors import Invalid
from backend.gateways.destinations import read_destination

BITCOIN = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]
ETHEREUM = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
TRON = ["TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"]
# BIP 350's invalid addresses of the main network, and two of other kinds.
WRONG_BITCOIN = [
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # a letter of none
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",  # version 17
    "bc1pw5dgrnzv",  # a program of one byte
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",  # version 0 of 16 bytes
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # bech32, not bech32m
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",  # bech32, not bech32m
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # bech32m where bech32 is due
    "bc1gmk9yu",  # no data
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",  # the test network
    "bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # both cases
    "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",  # base58 of the test network
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",  # Tron's
    "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",  # a private key
    "",
    "1" * 91,
    "１A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
]


def read(network: str, address: str) -> str:
    destination = read_destination(Method.CRYPTO, {"network": network, "address": address})
    assert isinstance(destination, CryptoAddress)
    return destination.address


@pytest.mark.parametrize("address", BITCOIN)
def test_bitcoin_addresses_are_taken(address: str) -> None:
    assert read("bitcoin", address) in (address, address.lower())


@pytest.mark.parametrize("address", WRONG_BITCOIN)
def test_what_is_no_bitcoin_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        read("bitcoin", address)
    assert caught.value.field == "address"


@pytest.mark.parametrize("address", ETHEREUM)
def test_ethereum_addresses_are_taken_as_eip_55_spells_them(address: str) -> None:
    assert read(" Ethereum ", f" {address} ") == address


@pytest.mark.parametrize("address", [ETHEREUM[2].lower(), ETHEREUM[2].upper(), ETHEREUM[2][2:]])
def test_an_ethereum_address_without_its_checksum_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        read("ethereum", address)


@pytest.mark.parametrize("network", ["bitcoin", "ethereum", "tron"])
def test_a_changed_character_is_found(network: str) -> None:
    address = {"bitcoin": BITCOIN[0], "ethereum": ETHEREUM[2], "tron": TRON[0]}[network]
    assert read(network, address) == address
    for place in range(2, len(address)):
        swapped = address[place].swapcase()
        other = swapped if swapped != address[place] else str((int(swapped) + 1) % 10)
        with pytest.raises(Invalid):
            read(network, address[:place] + other + address[place + 1 :])


def test_a_network_without_checksums_is_not_offered() -> None:
    with pytest.raises(Invalid, match="'solana' is no network") as caught:
        read("solana", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T")
    assert caught.value.hint == "It can be one of bitcoin, ethereum, tron."
