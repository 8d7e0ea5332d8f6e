"""Trees, roots and proofs: against RFC 6962's own definition and published test vectors."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probity.publish.translog.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    leaf_hash,
    node_hash,
    root_of_inclusion,
    tree_root,
)

# The eight leaves and the roots over 1 to 8 of them that Certificate Transparency implementations
# test against (certificate-transparency-go and transparency-dev/merkle, Apache-2.0).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return node_hash(by_definition(entries[:k]), by_definition(entries[k:]))


def subtree(entries: list[bytes], height: int, n: int) -> bytes:
    return by_definition(entries[n << height : (n + 1) << height])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    root = tree_root(size, node=partial(subtree, LEAVES))
    assert root.hex() == ROOTS[size - 1]


def test_a_published_inclusion_proof_leads_to_the_root() -> None:
    proof = inclusion_proof(0, 8, node=partial(subtree, LEAVES))
    assert [one.hex() for one in proof] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    found = root_of_inclusion(leaf_hash(LEAVES[0]), index=0, size=8, proof=proof)
    assert found.hex() == ROOTS[7]


def test_a_published_consistency_proof_is_reproduced() -> None:
    proof = consistency_proof(6, 8, node=partial(subtree, LEAVES))
    assert [one.hex() for one in proof] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


ENTRIES = [b"%d" % n for n in range(70)]
NODE = partial(subtree, ENTRIES)


@given(size=st.integers(0, 70))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert tree_root(size, node=NODE) == by_definition(ENTRIES[:size])


@given(data=st.data())
def test_every_entry_has_a_proof_and_no_other_hash_passes_for_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    root, leaf = by_definition(ENTRIES[:size]), leaf_hash(ENTRIES[index])
    proof = inclusion_proof(index, size, node=NODE)
    assert root_of_inclusion(leaf, index=index, size=size, proof=proof) == root
    assert root_of_inclusion(leaf_hash(b"no"), index=index, size=size, proof=proof) != root
    for wrong in (proof[1:], [*proof, leaf]):
        if wrong != proof:
            with pytest.raises(ValueError, match="proof is too"):
                root_of_inclusion(leaf, index=index, size=size, proof=wrong)


@given(data=st.data())
def test_every_tree_continues_its_beginnings_and_no_other(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 70))
    old = data.draw(st.integers(0, new))
    old_root, new_root = by_definition(ENTRIES[:old]), by_definition(ENTRIES[:new])
    proof = consistency_proof(old, new, node=NODE)
    assert is_consistent(old, old_root, new=new, new_root=new_root, proof=proof)
    other = leaf_hash(b"other")
    assert not is_consistent(old, other, new=new, new_root=new_root, proof=proof)
    assert not is_consistent(old, old_root, new=new, new_root=new_root, proof=[*proof, other])
    if old:
        assert not is_consistent(old, old_root, new=new, new_root=other, proof=proof)
    for n in range(len(proof)):
        wrong = [*proof[:n], other, *proof[n + 1 :]]
        assert not is_consistent(old, old_root, new=new, new_root=new_root, proof=wrong)
        assert not is_consistent(
            old, old_root, new=new, new_root=new_root, proof=proof[:n] + proof[n + 1 :]
        )


def test_there_is_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, node=NODE)
    with pytest.raises(ValueError, match="no leaf 3"):
        root_of_inclusion(EMPTY_ROOT, index=3, size=3, proof=[])
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(4, 3, node=NODE)
