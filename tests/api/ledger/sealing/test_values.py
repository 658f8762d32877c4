"""What is sealed can be read in its place with its key, and nowhere and with nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.ledger.sealing.values import DataKey, UnsealError, new_secret, opened, seal

KEY = DataKey("k", new_secret())


@given(st.binary(max_size=2000))
def test_sealed_and_unsealed(value: bytes) -> None:
    """Any value comes back, and the salt that its commitment is made with."""
    sealed = seal(KEY, "row", "inputs", value)
    assert opened(KEY, "row", "inputs", sealed.blob) == (sealed.salt, value)


@pytest.mark.parametrize(
    ("key", "row", "column"),
    [
        (DataKey("k", new_secret()), "row", "inputs"),
        (KEY, "another row", "inputs"),
        (KEY, "row", "answer"),
    ],
)
def test_a_value_is_bound_to_its_key_its_row_and_its_column(key: DataKey, row: str, column: str) -> None:
    """Sealed values cannot be swapped between rows or columns."""
    sealed = seal(KEY, "row", "inputs", b"value")
    with pytest.raises(UnsealError):
        opened(key, row, column, sealed.blob)


def test_every_byte_counts() -> None:
    """Whichever byte is changed, and wherever the value is cut off, it cannot be read."""
    blob = seal(KEY, "row", "inputs", b"value").blob
    changed = [blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :] for at in range(len(blob))]
    for other in [*changed, *(blob[:at] for at in range(len(blob)))]:
        with pytest.raises(UnsealError):
            opened(KEY, "row", "inputs", other)


def test_the_same_value_is_never_sealed_the_same() -> None:
    """Neither the sealed values nor their salts tell that two values are equal."""
    made = [seal(KEY, "row", "inputs", b"value") for _ in range(100)]
    assert len({sealed.blob for sealed in made}) == len({sealed.salt for sealed in made}) == 100


def test_the_hash_of_a_request_is_nothing_without_the_key() -> None:
    """Under another key the same request has another code: after the key is gone no guess can be confirmed."""
    other = DataKey("k", new_secret())
    assert KEY.request_mac("1" * 64) == KEY.request_mac("1" * 64)
    assert len({KEY.request_mac("1" * 64), KEY.request_mac("2" * 64), other.request_mac("1" * 64)}) == 3


def test_keys_are_not_shown() -> None:
    """A key that ends up in a message or a log does not tell itself."""
    assert repr(KEY) == "DataKey(id='k')"
