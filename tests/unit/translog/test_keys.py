"""Keys: who can read them, what they are encrypted with, that they are never shown, rotation."""

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from probity.cli.app import app
from probity.core import InputError, VerificationError
from probity.publish.translog import secret_file
from probity.publish.translog.append import create_log
from probity.publish.translog.entries import KeyRotation, parse_entry
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.log_files import read_checkpoint, read_entry
from probity.publish.translog.note import SigningKey, parse_log_key
from probity.publish.translog.rotation import rotate_key
from probity.publish.translog.secret_file import Passphrase, read_secret, write_secret
from probity.publish.translog.trust_policy import trusting
from probity.publish.translog.verify import verify_log
from translog_samples import ORIGIN, SampleLog, entries, sample_log

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def new_keys(directory: Path, *, passphrase: Passphrase | None = None) -> KeyDirectory:
    """The keys of a new log, encrypted where there is a passphrase."""
    keys = KeyDirectory(directory / "keys", passphrase=passphrase)
    create_log(directory / "log", origin="k", keys=keys, encrypt=passphrase is not None)
    return keys


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost is half a second and 128 MiB for each file."""
    monkeypatch.setattr(secret_file, "_COST", 1 << 4)


def test_the_real_cost_of_a_guess_is_high() -> None:
    source = Path(secret_file.__file__).read_text()
    assert "_COST = 1 << 17" in source


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    usual = os.umask(0)  # even where everything else is open to all
    try:
        keys = new_keys(tmp_path)
    finally:
        os.umask(usual)
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o700
    for name in ("signing.key", "salt.secret"):
        assert stat.S_IMODE((keys.path / name).stat().st_mode) == 0o600
    assert len(keys.salt_secret()) == 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o601, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys = new_keys(tmp_path)
    (keys.path / "signing.key").chmod(mode)
    with pytest.raises(InputError, match="others can read this") as refused:
        keys.signing_key()
    assert f"{mode:04o}" in str(refused.value)
    assert "PRIVATE" not in str(refused.value)


def test_a_directory_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    with pytest.raises(InputError, match="others can read this"):
        new_keys(tmp_path)
    assert not any((tmp_path / "keys").iterdir())


def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path) -> None:
    asked = []

    def passphrase() -> bytes:
        asked.append(1)
        return b"correct horse"

    keys = new_keys(tmp_path, passphrase=passphrase)
    for name in ("signing.key", "salt.secret"):
        content = (keys.path / name).read_bytes()
        assert b"PRIVATE" not in content
        assert json.loads(content)["schema"] == "probity/encrypted-secret/1"
    public = (keys.path / "public.vkey").read_text().strip()
    assert str(keys.signing_key().verifier) == public
    assert len(keys.salt_secret()) == 32
    assert asked
    wrong = KeyDirectory(keys.path, passphrase=lambda: b"wrong")
    with pytest.raises(InputError, match="passphrase is wrong, or the file was changed"):
        wrong.signing_key()
    with pytest.raises(InputError, match="the file is encrypted"):
        KeyDirectory(keys.path).signing_key()


def test_a_changed_or_exchanged_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one"
    write_secret(path, b"secret", purpose="one", passphrase=lambda: b"p")
    assert read_secret(path, purpose="one", passphrase=lambda: b"p") == b"secret"
    with pytest.raises(InputError, match="wrong, or the file was changed"):
        read_secret(path, purpose="other", passphrase=lambda: b"p")
    for change in ({"n": 32}, {"n": 3}, {"n": 1 << 21}, {"salt": "AAAA"}, {"nonce": "AAAA"},
                   {"ciphertext": "AAAA"}, {"kdf": "none"}, {"more": 1}):  # fmt: skip
        document = json.loads(path.read_text()) | change
        damaged = tmp_path / "damaged"
        damaged.write_text(json.dumps(document))
        damaged.chmod(0o600)
        with pytest.raises(InputError):
            read_secret(damaged, purpose="one", passphrase=lambda: b"p")


@pytest.mark.parametrize("n", [1 << 18, 1 << 20, 1 << 62, -2, 0])
def test_a_file_that_asks_for_more_work_than_ours_is_refused_before_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int
) -> None:
    def never(**_: object) -> None:
        raise AssertionError

    path = tmp_path / "one"
    write_secret(path, b"secret", purpose="one", passphrase=lambda: b"p")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n": n}))
    monkeypatch.setattr(secret_file, "Scrypt", never)
    with pytest.raises(InputError, match="column n: not an encrypted secret: Input should") as told:
        read_secret(path, purpose="one", passphrase=lambda: b"p")
    assert told.value.exit_code == 3


def test_too_little_memory_for_a_key_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(*_: object, **__: object) -> bytes:
        raise MemoryError

    path = tmp_path / "one"
    write_secret(path, b"secret", purpose="one", passphrase=lambda: b"p")
    monkeypatch.setattr(secret_file.Scrypt, "derive", exhausted)
    with pytest.raises(InputError, match="too little memory to decrypt it; allowed: "):
        read_secret(path, purpose="one", passphrase=lambda: b"p")


def test_a_name_in_any_script_reads_back(tmp_path: Path) -> None:
    keys = KeyDirectory(tmp_path / "keys")
    key = create_log(tmp_path / "log", origin="полиция.example/журнал", keys=keys)
    assert keys.signing_key().verifier == key
    assert verify_log(tmp_path / "log", policy=trusting(str(key)))


def test_a_key_that_is_trusted_for_another_log_leads_nowhere(tmp_path: Path) -> None:
    """Whoever reads two logs must not have one publisher speak for the other."""
    ours, theirs = SigningKey.generate(ORIGIN), SigningKey.generate("critic.example/log")
    log = sample_log(tmp_path / "log", 3)
    false = log.keys.signing_key()
    log.append([rotation_entry(theirs, false, signers=[theirs, false])])
    both = trusting(str(ours.verifier), str(theirs.verifier))
    with pytest.raises(VerificationError, match="checkpoint: expected a signature of"):
        verify_log(log.path, policy=both)


def test_an_unencrypted_key_is_never_asked_a_passphrase_for(tmp_path: Path) -> None:
    def never() -> bytes:
        raise AssertionError

    directory = new_keys(tmp_path).path
    keys = KeyDirectory(directory, passphrase=never)
    assert len(keys.salt_secret()) == 32
    assert keys.signing_key().name == "k"


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    keys = new_keys(tmp_path)
    for text in ("rubbish", "PRIVATE+KEY+k+00000000+AAAA"):
        (keys.path / "signing.key").write_text(text)
        with pytest.raises(InputError, match="not a private key") as refused:
            keys.signing_key()
        assert text not in str(refused.value)


def test_after_a_rotation_both_sides_of_it_verify(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 300)
    before = log.copy(tmp_path / "before")
    secret = log.keys.signing_key().secret_text()
    done = rotate_key(log.path, keys=log.keys, now=NOW)
    new = str(log.keys.signing_key().verifier)
    assert (log.keys.path / "public.vkey").read_text().strip() == new != log.public_key
    assert all(secret not in path.read_text("latin-1") for path in log.keys.path.iterdir())
    # The checkpoint with the entry has both signatures, later ones the new one alone.
    assert verify_log(log.path, policy=log.policy).key_changes == ()
    assert verify_log(log.path, policy=trusting(new)).key_changes == ()
    log.append(entries(301, 2))
    assert verify_log(log.path, policy=trusting(new)).key_changes == ()
    report = verify_log(log.path, policy=log.policy)
    assert report.key_changes == (done.first,) == (300,)
    assert [str(key) for key in report.signed_by] == [new]
    # What the old key signed before still verifies with it, and the log continues it.
    assert verify_log(before.path, policy=before.policy)
    earlier = read_checkpoint(before.path)
    assert verify_log(log.path, policy=log.policy, earlier=earlier).continues == 300
    entry = parse_entry(read_entry(log.path, 300, size=303))
    assert isinstance(entry, KeyRotation)
    assert entry.recorded_at == "2026-11-26T09:00:00Z"


def test_a_second_rotation_is_followed_as_well(tmp_path: Path) -> None:
    log = sample_log(tmp_path / "log", 3)
    for _ in range(2):
        rotate_key(log.path, keys=log.keys, now=NOW)
    log.append(entries(5, 1))
    assert verify_log(log.path, policy=log.policy).key_changes == (3, 4)


def rotation_entry(old: SigningKey, new: SigningKey, *, signers: list[SigningKey]) -> bytes:
    from probity.publish.translog.note import signed

    text = KeyRotation.text(ORIGIN, old.verifier, new.verifier)
    return KeyRotation(
        recorded_at="2026-11-26T09:00:00Z",
        origin=ORIGIN,
        old_key=str(old.verifier),
        new_key=str(new.verifier),
        statement=bytes(signed(text, keys=signers)).decode(),
    ).to_bytes()


def test_a_rotation_that_the_old_key_did_not_sign_leads_nowhere(tmp_path: Path) -> None:
    """A stranger's log may claim to continue the key that a reader trusts."""
    log = sample_log(tmp_path / "log", 3)
    trusted = SigningKey.generate(ORIGIN)
    stranger = log.keys.signing_key()
    forged = [
        rotation_entry(trusted, stranger, signers=[stranger]),
        rotation_entry(trusted, stranger, signers=[stranger, stranger]),
        rotation_entry(stranger, trusted, signers=[stranger, trusted]),
        b'{"schema":"probity/log-entry/key-rotation/1"}',
    ]
    log.append(forged)
    with pytest.raises(VerificationError, match="checkpoint: expected a signature of"):
        verify_log(log.path, policy=trusting(str(trusted.verifier)))
    log.append([rotation_entry(trusted, stranger, signers=[trusted, stranger])])
    assert verify_log(log.path, policy=trusting(str(trusted.verifier))).key_changes == (7,)


@pytest.mark.parametrize("moment", ["keep_next_key", "record_signed", "publish", "use_next_key"])
def test_a_rotation_cut_short_is_finished_or_forgotten(
    tmp_path: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = sample_log(tmp_path / "log", 3)
    old = str(log.keys.signing_key().verifier)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    target = KeyDirectory if moment != "publish" else None
    if target is None:
        monkeypatch.setattr("probity.publish.translog.append.publish", cut)
    else:
        monkeypatch.setattr(target, moment, cut)
    with pytest.raises(KeyboardInterrupt):
        rotate_key(log.path, keys=log.keys, now=NOW)
    monkeypatch.undo()
    assert verify_log(log.path, policy=log.policy).checkpoint.checkpoint.size in {3, 4}
    log.append(entries(9, 1))
    changed = moment in {"publish", "use_next_key"}
    assert (str(log.keys.signing_key().verifier) != old) == changed
    assert not (log.keys.path / "next.key").exists()
    report = verify_log(log.path, policy=log.policy)
    assert report.key_changes == ((3,) if changed else ())


def test_an_encrypted_key_stays_encrypted_when_it_changes(tmp_path: Path) -> None:
    keys = new_keys(tmp_path, passphrase=lambda: b"p")
    rotate_key(tmp_path / "log", keys=keys, now=NOW)
    assert b"PRIVATE" not in (keys.path / "signing.key").read_bytes()
    assert keys.signing_key().name == "k"


def test_nothing_that_is_printed_holds_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command on a log; what it printed and wrote is searched for the secrets."""
    runner = CliRunner()
    monkeypatch.setenv("PROBITY_PASSPHRASE", "correct horse battery")
    log, keys = str(tmp_path / "log"), str(tmp_path / "keys")
    entry = tmp_path / "entry.json"
    entry.write_text(
        '{"schema": "probity/log-entry/bundle/1", "name": "a", "sha256": "%s"}' % ("a" * 64)
    )
    printed = ""
    for words in (
        ["publish", "log", "init", log, "--keys", keys, "--origin", ORIGIN, "--encrypt"],
        ["publish", "log", "append", log, str(entry), "--keys", keys],
        ["publish", "log", "append", log, str(entry), "--keys", keys, "--format", "json"],
        ["publish", "log", "checkpoint", log, "--keys", keys],
        ["publish", "log", "rotate-key", log, "--keys", keys],
    ):
        result = runner.invoke(app, words)
        assert result.exit_code == 0, result.output
        printed += result.output
    directory = KeyDirectory(tmp_path / "keys", passphrase=lambda: b"correct horse battery")
    for secret in (
        "PRIVATE", "correct horse", directory.salt_secret().hex(),
        directory.signing_key().secret_text().split("+")[-1],
    ):  # fmt: skip
        assert secret not in printed
        assert all(secret.encode() not in path.read_bytes() for path in tmp_path.rglob("*")
                   if path.is_file())  # fmt: skip
    monkeypatch.setenv("PROBITY_PASSPHRASE", "wrong")
    refused = runner.invoke(app, ["publish", "log", "append", log, str(entry), "--keys", keys])
    assert isinstance(refused.exception, InputError)
    assert "wrong" in str(refused.exception)
    monkeypatch.delenv("PROBITY_PASSPHRASE")
    refused = runner.invoke(app, ["publish", "log", "append", log, str(entry), "--keys", keys])
    assert "there is no passphrase" in str(refused.exception)
    (tmp_path / "p").write_text("correct horse battery\n")
    given = ["publish", "log", "append", log, str(entry), "--keys", keys]
    assert runner.invoke(app, [*given, "--passphrase-file", str(tmp_path / "p")]).exit_code == 0


def test_keys_are_not_made_inside_the_log_that_everybody_reads(tmp_path: Path) -> None:
    log = str(tmp_path / "log")
    words = ["publish", "log", "init", log, "--keys", f"{log}/keys", "--origin", ORIGIN]
    result = CliRunner().invoke(app, words)
    assert "the keys would be published" in str(result.exception)
    assert not (tmp_path / "log").exists()


def test_a_public_key_reads_back(tmp_path: Path) -> None:
    log: SampleLog = sample_log(tmp_path, 1)
    text = (log.keys.path / "public.vkey").read_text()
    assert parse_log_key(text) == log.keys.signing_key().verifier


@pytest.mark.parametrize(("origin", "in_the_way"), [(ORIGIN, True), ("a\u202eb", False)])
def test_no_keys_are_left_where_no_log_could_be_made(
    tmp_path: Path, origin: str, in_the_way: bool
) -> None:
    log, keys = tmp_path / "log", tmp_path / "keys"
    if in_the_way:
        log.mkdir()
        (log / "file").write_text("something")
    words = ["publish", "log", "init", str(log), "--keys", str(keys), "--origin", origin]
    assert isinstance(CliRunner().invoke(app, words).exception, InputError)
    assert not keys.exists()
