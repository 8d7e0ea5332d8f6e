// Command sumdb reads and writes logs of C2SP tlog-tiles with the Go team's own packages, so that
// what Probity writes and reads is checked by somebody else's code.
//
//	sumdb verify DIR VKEY OLD_SIZE OLD_ROOT   check everything, as a reader would
//	sumdb write DIR ORIGIN ENTRIES            write a log of that many entries, print its vkey
//	sumdb cosign CHECKPOINT NAME TIME         print a witness's vkey and its signature line
//	sumdb cosigned CHECKPOINT VKEY            check a witness's signature line
//
// Debian: golang-go and golang-golang-x-mod-dev; built with GO111MODULE=off.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// numbered writes a tile's index in groups of three digits.
func numbered(n int64) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	return text
}

func path(level string, n int64, w int) string {
	text := "tile/" + level + "/" + numbered(n)
	if w < width {
		text += ".p/" + strconv.Itoa(w)
	}
	return text
}

// directory reads the tiles of a log; the caller checks them against the tree.
type directory string

func (d directory) Height() int                     { return height }
func (d directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		name := path(strconv.Itoa(tile.L), tile.N, tile.W)
		content, err := os.ReadFile(filepath.Join(string(d), name))
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func checkpoint(text string) (origin string, tree tlog.Tree) {
	lines := strings.Split(text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return lines[0], tlog.Tree{N: size, Hash: root}
}

func verify(dir, vkey string, old tlog.Tree) {
	content, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	verifier, err := note.NewVerifier(vkey)
	must(err)
	opened, err := note.Open(content, note.VerifierList(verifier))
	must(err)
	origin, tree := checkpoint(opened.Text)
	hashes := tlog.TileHashReader(tree, directory(dir))
	for first := int64(0); first < tree.N; first += width {
		w := int(min(width, tree.N-first))
		bundle, err := os.ReadFile(filepath.Join(dir, path("entries", first/width, w)))
		must(err)
		for id := first; id < first+int64(w); id++ {
			length := int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2 : 2+length])
			bundle = bundle[2+length:]
			proof, err := tlog.ProveRecord(tree.N, id, hashes)
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, id, leaf))
		}
		if len(bundle) > 0 {
			log.Fatalf("%d bytes too many in bundle %d", len(bundle), first/width)
		}
	}
	if old.N > 0 {
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("%s %d %d signature\n", origin, tree.N, len(opened.Sigs))
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func save(dir, name string, content []byte) {
	name = filepath.Join(dir, name)
	must(os.MkdirAll(filepath.Dir(name), 0o755))
	must(os.WriteFile(name, content, 0o644))
}

func write(dir, origin string, count int64) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	var bundle []byte
	for id := int64(0); id < count; id++ {
		entry := []byte(fmt.Sprintf("entry %d of the Go team's packages", id))
		hashes, err := tlog.StoredHashes(id, entry, reader)
		must(err)
		stored = append(stored, hashes...)
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
		bundle = append(bundle, entry...)
		if (id+1)%width == 0 || id+1 == count {
			save(dir, path("entries", id/width, int(id%width)+1), bundle)
			bundle = nil
		}
	}
	for level, hashes := 0, count; hashes > 0; level, hashes = level+1, hashes/width {
		for n := int64(0); n*width < hashes; n++ {
			tile := tlog.Tile{H: height, L: level, N: n, W: int(min(width, hashes-n*width))}
			content, err := tlog.ReadTileData(tile, reader)
			must(err)
			save(dir, path(strconv.Itoa(level), n, tile.W), content)
		}
	}
	root, err := tlog.TreeHash(count, reader)
	must(err)
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, count, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	save(dir, "checkpoint", signed)
	fmt.Println(vkey)
}

// cosignatureKey is a key of C2SP cosignature/v1 by its name.
func cosignatureKey(name string, public ed25519.PublicKey) (id []byte, vkey string) {
	key := append([]byte{4}, public...)
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	text := fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(key))
	return sum[:4], text
}

func cosigned(time uint64, text string) []byte {
	return []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text))
}

func noteText(file string) string {
	content, err := os.ReadFile(file)
	must(err)
	return string(content[:bytes.LastIndex(content, []byte("\n\n"))+1])
}

func cosign(file, name string, time uint64) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	id, vkey := cosignatureKey(name, public)
	signature := binary.BigEndian.AppendUint64(id, time)
	signature = append(signature, ed25519.Sign(private, cosigned(time, noteText(file)))...)
	fmt.Printf("%s\n\u2014 %s %s\n", vkey, name, base64.StdEncoding.EncodeToString(signature))
}

func checkCosigned(file, vkey string) {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	id, again := cosignatureKey(parts[0], key[1:])
	if again != vkey {
		log.Fatalf("not a key of a witness: %s", vkey)
	}
	content, err := os.ReadFile(file)
	must(err)
	for _, line := range strings.Split(string(content), "\n") {
		words := strings.Split(line, " ")
		if len(words) != 3 || words[0] != "\u2014" || words[1] != parts[0] {
			continue
		}
		value, err := base64.StdEncoding.DecodeString(words[2])
		must(err)
		if !bytes.Equal(value[:4], id) {
			continue
		}
		time := binary.BigEndian.Uint64(value[4:12])
		if !ed25519.Verify(key[1:], cosigned(time, noteText(file)), value[12:]) {
			log.Fatal("a wrong cosignature")
		}
		fmt.Println(time)
		return
	}
	log.Fatal("no cosignature")
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	must(err)
	return n
}

func main() {
	log.SetFlags(0)
	switch args := os.Args[2:]; os.Args[1] {
	case "verify":
		old := tlog.Tree{N: number(args[2])}
		if old.N > 0 {
			root, err := tlog.ParseHash(args[3])
			must(err)
			old.Hash = root
		}
		verify(args[0], args[1], old)
	case "write":
		write(args[0], args[1], number(args[2]))
	case "cosign":
		cosign(args[0], args[1], uint64(number(args[2])))
	case "cosigned":
		checkCosigned(args[0], args[1])
	default:
		log.Fatalf("no such command: %s", os.Args[1])
	}
}
