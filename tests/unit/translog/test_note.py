"""Signed notes and keys, against the examples of the specifications."""

import pytest

from probity.core import InputError, VerificationError
from probity.publish.translog.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from probity.publish.translog.cosignature import cosign, cosignature_of
from probity.publish.translog.note import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    is_signed_by,
    parse_log_key,
    parse_note,
    parse_verifier_key,
    parse_witness_key,
    signed,
)

# The example of C2SP signed-note v1.0.0, section "Example".
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONnc"
    "AlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
# Keys of the tests of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = "PRIVATE" + "+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


def test_the_example_of_the_specification_verifies() -> None:
    key = parse_log_key(EXAMPLE_KEY)
    note = parse_note(EXAMPLE, file="example")
    assert note.text == "This is an example message.\n"
    assert is_signed_by(note, key, file="example")
    assert str(key) == EXAMPLE_KEY
    assert bytes(note) == EXAMPLE


def test_no_byte_of_the_example_can_change_unnoticed() -> None:
    key = parse_log_key(EXAMPLE_KEY)
    for at in range(len(EXAMPLE)):
        for bit in range(8):
            changed = bytearray(EXAMPLE)
            changed[at] ^= 1 << bit
            try:
                assert not is_signed_by(parse_note(bytes(changed), file="n"), key, file="n")
            except VerificationError:
                continue


def test_keys_of_the_go_package_are_read_and_written_alike() -> None:
    assert str(parse_verifier_key(GO_KEY)) == GO_KEY
    key = SigningKey.parse(GO_SECRET)
    assert key.secret_text() == GO_SECRET
    assert str(key.verifier) == GO_KEY


def test_a_damaged_key_is_refused_and_a_private_one_never_shown() -> None:
    for text, parse in ((GO_KEY, parse_verifier_key), (GO_SECRET, SigningKey.parse)):
        for at in range(len(text)):
            for damaged in (text[:at], text[at + 1 :], text[:at] + "!" + text[at + 1 :]):
                with pytest.raises(InputError) as refused:
                    parse(damaged)
                assert "FALVFGyNhPJEMzD1" not in str(refused.value)
    assert "AYEK" not in repr(SigningKey.parse(GO_SECRET))


def test_a_witness_key_does_not_stand_for_a_log_key() -> None:
    witness = SigningKey.generate("w.example", algorithm=COSIGNATURE).verifier
    log = SigningKey.generate("l.example", algorithm=ED25519).verifier
    assert parse_witness_key(str(witness)) == witness
    with pytest.raises(InputError, match="not a log's key"):
        parse_log_key(str(witness))
    with pytest.raises(InputError, match="not a witness's key"):
        parse_witness_key(str(log))


def test_one_public_key_has_an_id_for_each_use() -> None:
    log = SigningKey.generate("one.example").verifier
    witness = VerifierKey(log.name, COSIGNATURE, log.public)
    assert log.key_id != witness.key_id


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\tb", "a\udcff"])
def test_names_that_no_signature_line_could_hold_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="not a name for a key"):
        SigningKey.generate(name)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"no signature\n", None),
        (b"text\n\n- dash x\n", "line 3"),
        ("text\n\n— name AAAA\n".encode(), "line 3"),
        ("text\n\n— name AAAAAAA\n".encode(), "line 3"),
        ("text\n\n— name AAAAAAAB=\n".encode(), "line 3"),
        ("text\n\n— name AAAAAAAA".encode(), None),
        (b"a\rb\n\nx\n", "line 1"),
        (b"\xff\n\nx\n", "byte 0"),
        (b"x" * (1 << 20) + b"\n", None),
        (b"text\n\n" + "— name AAAAAAAA\n".encode() * 101, None),
    ],
)
def test_what_is_no_note_is_refused_with_its_place(content: bytes, place: str | None) -> None:
    with pytest.raises(VerificationError) as failed:
        parse_note(content, file="f")
    assert failed.value.place == place


def test_sixteen_and_more_signatures_are_accepted() -> None:
    keys = [SigningKey.generate(f"k{n}.example") for n in range(20)]
    note = parse_note(bytes(signed("text\n", keys=keys)), file="f")
    assert all(is_signed_by(note, key.verifier, file="f") for key in keys)


def test_unknown_signatures_are_ignored_and_wrong_ones_of_a_known_key_are_not() -> None:
    key, other = SigningKey.generate("a.example"), SigningKey.generate("b.example")
    note = signed("text\n", keys=[other, key])
    assert is_signed_by(note, key.verifier, file="f")
    wrong = Note("text\n", (Signature.of(key.verifier, other.sign(b"text\n")),))
    with pytest.raises(VerificationError, match="line 3: expected a signature of the key a"):
        is_signed_by(wrong, key.verifier, file="f")


def checkpoint(*lines: str) -> bytes:
    return bytes(signed("".join(f"{line}\n" for line in lines), keys=[SigningKey.generate("x")]))


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_the_checkpoint_of_the_specification_is_read() -> None:
    found = parse_checkpoint(checkpoint("example.com/behind-the-sofa", "20852163", ROOT, "more"))
    assert found.checkpoint.origin == "example.com/behind-the-sofa"
    assert found.checkpoint.size == 20852163
    assert found.checkpoint.extensions == ("more",)
    assert found.checkpoint.text == found.note.text


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (("o", "1"), None),
        (("", "1", ROOT), "line 1"),
        (("o", "01", ROOT), "line 2"),
        (("o", "-1", ROOT), "line 2"),
        (("o", "1 ", ROOT), "line 2"),
        (("o", "١", ROOT), "line 2"),
        (("o", "9" * 5000, ROOT), "line 2"),
        (("o", str(1 << 41), ROOT), "line 2"),
        (("o", "1", ROOT[:-1]), "line 3"),
        (("o", "1", ROOT[:-2] + "J="), "line 3"),
        (("o", "1", "AAAA"), "line 3"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_its_place(
    lines: tuple[str, ...], place: str | None
) -> None:
    with pytest.raises(VerificationError) as failed:
        parse_checkpoint(checkpoint(*lines))
    assert failed.value.place == place


def signed_checkpoint() -> SignedCheckpoint:
    one = Checkpoint("log.example", 3, bytes(32))
    return SignedCheckpoint(one, signed(one.text, keys=[SigningKey.generate("log.example")]))


def test_a_cosignature_says_who_and_when_and_the_latest_counts() -> None:
    key = SigningKey.generate("witness.example/w1", algorithm=COSIGNATURE)
    lines = [cosign(signed_checkpoint(), key=key, time=time) for time in (7, 1679315147, 9)]
    base = signed_checkpoint()
    noted = SignedCheckpoint(base.checkpoint, Note(base.note.text, (*base.note.signatures, *lines)))
    found = cosignature_of(parse_checkpoint(bytes(noted)), key.verifier)
    assert found is not None
    assert (found.witness, found.time) == (key.verifier, 1679315147)
    assert len(lines[0].value) == 72
    assert cosignature_of(base, key.verifier) is None


def test_the_message_of_a_cosignature_is_that_of_the_specification() -> None:
    """C2SP tlog-cosignature v1.0.1, section "Signed message"."""
    key = SigningKey.generate("w.example", algorithm=COSIGNATURE)
    value = cosign(signed_checkpoint(), key=key, time=1679315147).value
    message = f"cosignature/v1\ntime 1679315147\n{signed_checkpoint().note.text}"
    assert int.from_bytes(value[:8], "big") == 1679315147
    assert key.verifier.has_signed(message.encode(), value[8:])


def test_a_cosignature_over_something_else_is_refused() -> None:
    key = SigningKey.generate("w.example", algorithm=COSIGNATURE)
    line = cosign(signed_checkpoint(), key=key, time=1)
    other = Checkpoint("log.example", 4, bytes(32))
    noted = SignedCheckpoint(other, Note(other.text, (line,)))
    with pytest.raises(VerificationError, match="line 5: expected a cosignature of the witness"):
        cosignature_of(noted, key.verifier)
    plain = SignedCheckpoint(
        other, Note(other.text, (Signature.of(key.verifier, key.sign(other.text.encode())),))
    )
    with pytest.raises(VerificationError):
        cosignature_of(plain, key.verifier)
