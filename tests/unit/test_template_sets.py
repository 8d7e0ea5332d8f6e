"""Template sets: every form gives the same unit vectors; each malformed one is refused."""

import io
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from probity.core import InputError
from probity.performance.templates import read_templates
from probity.performance.templates.template_set import unit_length

N, DIMENSION = 7, 5
VECTORS = np.random.default_rng(3).normal(size=(N, DIMENSION)).astype(np.float32)
HEAD = "row,sample_id,subject_id,role,group,quality\n"
ROWS = [f"{i},s{i},p{i // 2},{'probe' if i % 2 else 'gallery'},g{i % 3},{i / 10}" for i in range(N)]


def manifest(folder: Path, rows: list[str] = ROWS, head: str = HEAD) -> Path:
    path = folder / "manifest.csv"
    path.write_text(head + "\n".join(rows) + "\n")
    return path


def safetensors(tensors: dict[str, np.ndarray], **header) -> bytes:
    body, entries = b"", {}
    for name, array in tensors.items():
        kind = {"f2": "F16", "f4": "F32", "f8": "F64", "i8": "I64"}[array.dtype.str[1:]]
        span = [len(body), len(body) + array.nbytes]
        entries[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": span}
        body += array.tobytes()
    text = json.dumps({**entries, **header}).encode()
    return struct.pack("<Q", len(text)) + text + body


def write(form: str, folder: Path, vectors: np.ndarray = VECTORS) -> Path:
    path = folder / f"t.{form.partition(' ')[0]}"
    if form == "npy":
        np.save(path, vectors)
    elif form == "npy fortran":
        np.save(path, np.asfortranarray(vectors))
    elif form == "npy big-endian":
        np.save(path, vectors.astype(vectors.dtype.newbyteorder(">")))
    elif form == "npz":
        np.savez(path, templates=vectors, other=np.arange(3))
    elif form == "npz compressed":
        np.savez_compressed(path, embeddings=vectors)
    elif form == "safetensors":
        path.write_bytes(safetensors({"templates": vectors, "x": VECTORS}, __metadata__={"a": "b"}))
    else:
        kind = pa.list_(pa.float32(), DIMENSION) if "fixed" in form else pa.list_(pa.float32())
        column = pa.array(vectors.tolist(), kind)
        pq.write_table(pa.table({"id": range(N), "vector": column}), path, row_group_size=3)
    return path


FORMS = [
    "npy",
    "npy fortran",
    "npy big-endian",
    "npz",
    "npz compressed",
    "safetensors",
    "parquet",
    "parquet fixed",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_unit_vectors(form, tmp_path):
    read = read_templates(write(form, tmp_path), manifest(tmp_path))
    unit = read.unit_vectors(slice(None))
    assert unit.dtype == np.float32
    assert np.array_equal(unit, unit_length(VECTORS))
    assert np.allclose(np.linalg.norm(unit.astype(float), axis=1), 1, atol=1e-7)
    assert np.array_equal(np.concatenate([block for _, block in read.blocks()]), unit)


@pytest.mark.parametrize("form", ["npy", "npz", "safetensors"])
def test_uncompressed_forms_are_mapped_from_the_file(form, tmp_path):
    read = read_templates(write(form, tmp_path), manifest(tmp_path))
    assert isinstance(read.vectors, np.memmap)
    assert Path(read.vectors.filename) == read.vectors.filename.resolve()


def test_the_manifest_is_put_in_the_order_of_the_vectors(tmp_path):
    read = read_templates(write("npy", tmp_path), manifest(tmp_path, ROWS[::-1])).manifest
    assert read.sample_id == tuple(f"s{i}" for i in range(N))
    assert [read.subjects[c] for c in read.subject] == [f"p{i // 2}" for i in range(N)]
    assert read.in_gallery.tolist() == [i % 2 == 0 for i in range(N)]
    assert [read.groups[c] for c in read.group] == [f"g{i % 3}" for i in range(N)]
    assert read.quality.tolist() == [i / 10 for i in range(N)]
    assert len(read) == N


def test_quality_may_be_left_out(tmp_path):
    rows = [row.rpartition(",")[0] for row in ROWS]
    path = manifest(tmp_path, rows, HEAD.replace(",quality", ""))
    assert read_templates(write("npy", tmp_path), path).manifest.quality is None


def test_a_vector_has_the_same_bytes_whatever_is_read_with_it():
    for width in (1, 7, 128, 511, 512, 2048):
        vectors = np.random.default_rng(width).normal(size=(40, width))
        whole = unit_length(vectors)
        for rows in (1, 3, 16):
            parts = [unit_length(vectors[i : i + rows]) for i in range(0, 40, rows)]
            assert np.array_equal(whole, np.concatenate(parts))


def test_huge_and_tiny_vectors_have_a_direction():
    vectors = np.array([[3e300, 4e300], [3e-310, 4e-310]])
    assert np.allclose(unit_length(vectors), [0.6, 0.8], rtol=1e-6)


def test_duplicates_are_accepted_when_asked_for(tmp_path):
    vectors = VECTORS.copy()
    vectors[5] = 2 * vectors[1]  # the same direction is the same template
    path = write("npy", tmp_path, vectors)
    with pytest.raises(InputError, match=r"two samples .*got 'samples s1 \(row 1\) and s5"):
        read_templates(path, manifest(tmp_path))
    assert len(read_templates(path, manifest(tmp_path), allow_duplicates=True).vectors) == N


def changed(index: int, value: float) -> np.ndarray:
    vectors = VECTORS.copy()
    vectors[index, 2] = value
    return vectors


def npy_bytes(shape: str = "(7, 5)", descr: str = "'<f4'", body: bytes | None = None) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    body = VECTORS.tobytes() if body is None else body
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def npz_with(method: int, member: bytes, *, lie: int | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("templates.npy", member)
    content = bytearray(buffer.getvalue())
    if lie is not None:
        place = content.rindex(b"PK\x01\x02") + 24
        content[place : place + 4] = struct.pack("<I", lie)
    return bytes(content)


def header_only(entry: object, body: bytes = b"") -> bytes:
    text = (entry if isinstance(entry, str) else json.dumps(entry)).encode()
    return struct.pack("<Q", len(text)) + text + body


F32 = {"dtype": "F32", "shape": [7, 5], "data_offsets": [0, 140]}
OBJECTS = np.array([[1, "two"]], dtype=object)

FILES: dict[str, tuple[str, bytes, str]] = {
    "0 bytes": ("t.npy", b"", "the file is empty"),
    "unknown ending": ("t.bin", b"abc", "unknown form of vectors; got '.bin'"),
    "not .npy": ("t.npy", b"hello, this is text", "magic string is not correct"),
    "pickle named .npy": ("t.npy", pickle.dumps(VECTORS), "magic string is not correct"),
    "pickled objects": ("t.npy", npy_bytes(descr="'|O'"), "pickled objects are refused"),
    "structured": ("t.npy", npy_bytes(descr="[('a', '<f4')]"), "wrong type"),
    "integers": ("t.npy", npy_bytes(descr="'<i4'"), "vectors have the wrong type; got 'int32'"),
    "longdouble": ("t.npy", npy_bytes(descr="'<f16'"), "vectors have the wrong type"),
    "one dimension": ("t.npy", npy_bytes("(35,)"), "vectors have the wrong shape"),
    "no sample": ("t.npy", npy_bytes("(0, 5)", body=b""), "vectors have the wrong shape"),
    "no dimension": ("t.npy", npy_bytes("(7, 0)", body=b""), "vectors have the wrong shape"),
    "claims more": ("t.npy", npy_bytes("(7000000, 5)"), "not what its header says; got '140 byte"),
    "claims less": ("t.npy", npy_bytes("(6, 5)"), "allowed: 6 x 5 x 4 bytes"),
    "claims all memory": ("t.npy", npy_bytes(f"({2**40}, 512)"), "wrong shape"),
    "negative": ("t.npy", npy_bytes("(-7, 5)"), "the vectors cannot be read|wrong shape"),
    "header runs code": ("t.npy", npy_bytes("__import__('os')"), "the .npy header cannot be read"),
    "header without end": ("t.npy", npy_bytes("(7, 5"), "the .npy header cannot be read"),
    "header longer than file": ("t.npy", b"\x93NUMPY\x01\x00\xff\x00{", "cannot be read"),
    "version 9": ("t.npy", b"\x93NUMPY\x09\x00" + b"\x00" * 80, "unknown version"),
    "not a zip": ("t.npz", b"PK\x03\x04 but no more", "the archive cannot be read"),
    "zip without member": ("t.npz", b"PK\x05\x06" + b"\x00" * 18, "got 'no member'"),
    "zip, stored, wrong member": ("t.npz", npz_with(0, b"not an array"), "magic string"),
    "zip, objects": ("t.npz", npz_with(8, npy_bytes(descr="'|O'")), "pickled objects are refused"),
    "zip, member claims more": ("t.npz", npz_with(8, npy_bytes("(9, 5)")), "header says"),
    "zip, size lies": ("t.npz", npz_with(8, npy_bytes(), lie=2**31), "header says|cannot be read"),
    "zip, LZMA": ("t.npz", npz_with(14, npy_bytes()), "compressed in a way NumPy does not write"),
    "safetensors, noise": ("t.safetensors", b"\xff" * 64, "not a safetensors file"),
    "safetensors, 3 bytes": ("t.safetensors", b"abc", "not a safetensors file"),
    "safetensors, header of 2**60": (
        "t.safetensors",
        struct.pack("<Q", 2**60) + b"{}",
        "not a safetensors file",
    ),
    "safetensors, not JSON": ("t.safetensors", header_only("{'a'}"), "cannot be read"),
    "safetensors, deep": ("t.safetensors", header_only("[" * 200_000), "nested|cannot be read"),
    "safetensors, list": ("t.safetensors", header_only([1]), "got 'list'"),
    "safetensors, twins": (
        "t.safetensors",
        header_only('{"t": %s, "t": %s}' % ((json.dumps(F32),) * 2), bytes(140)),
        "a name stands twice",
    ),
    "safetensors, short": ("t.safetensors", header_only({"t": F32}, bytes(139)), "header says 140"),
    "safetensors, gap": (
        "t.safetensors",
        header_only({"t": {**F32, "data_offsets": [4, 144]}}, bytes(144)),
        "overlap or leave a gap",
    ),
    "safetensors, shape lies": (
        "t.safetensors",
        header_only({"t": {**F32, "shape": [70, 5]}}, bytes(140)),
        "the file's size is not what its header says",
    ),
    "safetensors, integers": (
        "t.safetensors",
        safetensors({"t": np.zeros((7, 5), np.int64)}),
        "vectors have the wrong type; got 'I64'",
    ),
    "safetensors, two tensors": (
        "t.safetensors",
        safetensors({"a": VECTORS, "b": VECTORS}),
        "which tensor holds the templates is not clear; got 'a, b'",
    ),
    "safetensors, negative offset": (
        "t.safetensors",
        header_only({"t": {**F32, "data_offsets": [-4, 136]}}, bytes(136)),
        "not a safetensors file",
    ),
    "Parquet, cut": ("t.parquet", b"PAR1" + bytes(40), "the vectors cannot be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_malformed_files(name, tmp_path):
    file, content, message = FILES[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_templates(tmp_path / file, manifest(tmp_path))


def test_pickled_arrays_are_refused_without_being_loaded(tmp_path):
    np.save(tmp_path / "t.npy", OBJECTS, allow_pickle=True)
    with pytest.raises(InputError, match="pickled objects are refused: reading them runs code"):
        read_templates(tmp_path / "t.npy", manifest(tmp_path))


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (changed(3, np.nan), "row 3: a vector is not finite; got 'sample s3'"),
        (changed(3, np.inf), "row 3: a vector is not finite"),
        (np.where(np.arange(N)[:, None] == 2, 0, VECTORS), "row 2: a vector has no length"),
        (np.where(np.arange(N)[:, None] == 2, -0.0, VECTORS), "row 2: a vector has no length"),
        (VECTORS[[0, 1, 2, 3, 4, 5, 0]], r"got 'samples s0 \(row 0\) and s6 \(row 6\)'"),
        (VECTORS[:5], "a row is not one of the vectors; got '5'; allowed: 0 to 4"),
        (np.vstack([VECTORS, 3 * VECTORS[:2] + 1]), "differ in length; got '7 entries; row 7 is"),
    ],
)
def test_vectors_that_cannot_be_used(vectors, message, tmp_path):
    with pytest.raises(InputError, match=message):
        read_templates(write("npy", tmp_path, vectors.astype(np.float32)), manifest(tmp_path))


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([[1.0, 2.0]] * 6 + [[1.0]]), "row 7: vectors differ in length"),
        (pa.array([[1.0, 2.0]] * 6 + [None]), "vectors differ in length or lack values"),
        (pa.array([[1.0, 2.0]] * 6 + [[1.0, None]]), "lack values"),
        (pa.array([[1, 2]] * 7), "vectors have the wrong type"),
        (pa.array([1.0] * 7), "which column holds the templates is not clear"),
        (pa.array([["a"]] * 7), "vectors have the wrong type"),
    ],
)
def test_parquet_columns_that_hold_no_vectors(column, message, tmp_path):
    pq.write_table(pa.table({"vector": column}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=message):
        read_templates(tmp_path / "t.parquet", manifest(tmp_path))


def row(index: int, text: str) -> list[str]:
    return [*ROWS[:index], text, *ROWS[index + 1 :]]


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        ([], HEAD, "vectors and manifest differ in length; got '0 entries; row 0"),
        (ROWS, "", "the manifest lacks row, sample_id"),
        (ROWS, HEAD.replace("role", "part"), "the manifest lacks role"),
        (ROWS, HEAD.replace("quality", "row"), "a heading stands twice"),
        (row(2, "2,s2,p1,gallery"), HEAD, "row 4: an entry has another number of fields"),
        (row(2, "1,s2,p1,gallery,g2,0.2"), HEAD, "row 4, column row: a row is named twice"),
        (row(2, "-2,s2,p1,gallery,g2,0.2"), HEAD, "a row is not one of the vectors; got '-2'"),
        (row(2, "²,s2,p1,gallery,g2,0.2"), HEAD, "a row is not one of the vectors"),
        (row(2, "1e1,s2,p1,gallery,g2,0.2"), HEAD, "a row is not one of the vectors"),
        (row(2, "2,s1,p1,gallery,g2,0.2"), HEAD, "row 4, column sample_id: a sample is named twi"),
        (row(2, "2,S1,p1,gallery,g2,0.2"), HEAD, "two ids differ only in case, spaces or Unicode"),
        (row(2, "2,s2,P0,gallery,g2,0.2"), HEAD, "column subject_id: two ids differ only in case"),
        (row(2, "2,s2,p1 ,gallery,g2,0.2"), HEAD, "column subject_id: two ids differ|not print"),
        (row(2, "2,s2,,gallery,g2,0.2"), HEAD, "column subject_id: an id is empty"),
        (row(2, "2,s2,\x1b[31m,gallery,g2,0.2"), HEAD, "not printable"),
        (row(2, "2,s2,p1,mugshot,g2,0.2"), HEAD, "a role is unknown; got 'mugshot'"),
        (row(2, "2,s2,p1,gallery,,0.2"), HEAD, "column group: an id is empty"),
        (row(2, "2,s2,p1,gallery,g2,good"), HEAD, "a quality is not a number; got 'good'"),
        (row(2, "2,s2,p1,gallery,g2,nan"), HEAD, "a quality is not a number"),
        (row(2, '2,"s2,p1,gallery,g2,0.2'), HEAD, "manifest cannot be read|number of fields"),
    ],
)
def test_manifests_that_cannot_be_used(rows, head, message, tmp_path):
    with pytest.raises(InputError, match=message):
        read_templates(write("npy", tmp_path), manifest(tmp_path, rows, head))


def test_ids_in_two_unicode_forms_collide(tmp_path):
    rows = row(2, "2,s2,Zoe\u0301,gallery,g2,0.2")
    rows[3] = "3,s3,Zo\u00e9,probe,g0,0.3"
    with pytest.raises(InputError, match="two ids differ only in case, spaces or Unicode form"):
        read_templates(write("npy", tmp_path), manifest(tmp_path, rows))
