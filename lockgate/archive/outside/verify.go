// Checks an export of a Lockgate archive: the checkpoint's signature, every entry, every tile, every disclosed record and
// every proof. The hashing, the tree and the signatures are golang.org/x/mod/sumdb's, which verifies Go's own module log;
// what stands here only reads files and asks it.
//
//	sudo apt install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go DIR 'VERIFIER KEY'
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileWidth = 256

var dir string

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run verify.go DIR 'VERIFIER KEY'")
		os.Exit(2)
	}
	dir = os.Args[1]
	tree, checkpoint, err := openCheckpoint(os.Args[2])
	if err == nil {
		err = checkManifest()
	}
	if err == nil {
		err = checkEntries(tree)
	}
	records := 0
	if err == nil {
		records, err = checkRecords(tree, checkpoint)
	}
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
	fmt.Printf("good: %d entries, root %s, %d records disclosed\n", tree.N, tree.Hash, records)
}

func read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
}

// openCheckpoint checks the signature and reads the three lines of the checkpoint.
func openCheckpoint(vkey string) (tree tlog.Tree, text string, err error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return tree, "", fmt.Errorf("verifier key: %w", err)
	}
	signed, err := read("checkpoint")
	if err != nil {
		return tree, "", err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, "", fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tree, "", errors.New("checkpoint: not three lines of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || tree.N < 0 {
		return tree, "", errors.New("checkpoint: bad size")
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, "", errors.New("checkpoint: bad root")
	}
	return tree, string(signed), checkKeys(vkey)
}

// checkKeys sees to it that the two forms of the public key in the export are the key that was given.
func checkKeys(vkey string) error {
	vkey = strings.TrimSpace(vkey)
	parts := strings.SplitN(vkey, "+", 3) // note.NewVerifier has read it already
	given, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(given) != 33 {
		return errors.New("verifier key: not an Ed25519 key")
	}
	inside, err := read("keys/vkey")
	if err != nil || strings.TrimSpace(string(inside)) != vkey {
		return errors.New("keys/vkey is not the key that was given")
	}
	data, err := read("keys/public.pem")
	if err != nil {
		return err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return errors.New("keys/public.pem does not read")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if key, ok := parsed.(ed25519.PublicKey); err != nil || !ok || !bytes.Equal(key, given[1:]) {
		return errors.New("keys/public.pem is not the key that was given")
	}
	return nil
}

// checkManifest hashes every file and refuses what is missing, listed twice or not listed.
func checkManifest() error {
	file, err := os.Open(filepath.Join(dir, "MANIFEST.sha256"))
	if err != nil {
		return err
	}
	defer file.Close()
	listed := map[string]bool{"MANIFEST.sha256": true}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if len(line) < 67 || line[64:66] != "  " || listed[line[66:]] {
			return fmt.Errorf("manifest: bad line %q", line)
		}
		name := line[66:]
		listed[name] = true
		data, err := read(name)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != line[:64] {
			return fmt.Errorf("%s: not the file that was listed", name)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, found fs.DirEntry, err error) error {
		if err != nil || found.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil && !listed[filepath.ToSlash(name)] {
			err = fmt.Errorf("%s: not listed", name)
		}
		return err
	})
}

// checkEntries hashes every entry anew, builds the whole tree from them, and holds the signed root and every tile against it.
// (Reading the tiles through tlog.TileHashReader would be less: the version in Debian 12 does not authenticate every tile.)
func checkEntries(tree tlog.Tree) error {
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return errors.New("the root of an empty log is wrong")
		}
		return nil
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for place, index := range indexes {
			found[place] = stored[index]
		}
		return found, nil
	})
	for number := int64(0); number*tileWidth < tree.N; number++ {
		entries, err := bundle(tree, number)
		if err != nil {
			return err
		}
		for place, entry := range entries {
			hashes, err := tlog.StoredHashes(number*tileWidth+int64(place), entry, reader)
			if err != nil {
				return err
			}
			stored = append(stored, hashes...)
		}
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the entries do not have the root that was signed")
	}
	for level := 0; tree.N>>(8*uint(level)) > 0; level++ {
		width := tree.N >> (8 * uint(level))
		for number := int64(0); number*tileWidth < width; number++ {
			tile := tlog.Tile{H: 8, L: level, N: number, W: tileWidth}
			if rest := width - number*tileWidth; rest < tileWidth {
				tile.W = int(rest)
			}
			expected, err := tlog.ReadTileData(tile, reader)
			if err != nil {
				return err
			}
			name := "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
			data, err := read(name)
			if err != nil {
				return err
			}
			if !bytes.Equal(data, expected) {
				return fmt.Errorf("%s does not hold the hashes of its entries", name)
			}
		}
	}
	return nil
}

// bundle reads the entries of one tile: exactly as many as the log's size says.
func bundle(tree tlog.Tree, number int64) ([][]byte, error) {
	width := tree.N - number*tileWidth
	if width > tileWidth {
		width = tileWidth
	}
	path := tlog.Tile{H: 8, L: 0, N: number, W: int(width)}.Path()
	data, err := read("tile/entries/" + strings.TrimPrefix(path, "tile/8/0/"))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("bundle %d is cut off", number)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("bundle %d holds %d entries, not %d", number, len(entries), width)
	}
	return entries, nil
}

// checkRecords holds each disclosed record against the hash in its entry, and checks each proof on its own.
func checkRecords(tree tlog.Tree, checkpoint string) (int, error) {
	found, err := os.ReadDir(filepath.Join(dir, "records"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	count := 0
	var kept [][]byte
	keptNumber := int64(-1)
	for _, file := range found {
		name := strings.TrimSuffix(file.Name(), ".json")
		if name == file.Name() {
			continue
		}
		index, err := strconv.ParseInt(name, 10, 64)
		if err != nil || index < 0 || index >= tree.N {
			return 0, fmt.Errorf("records/%s: no such entry", file.Name())
		}
		if number := index / tileWidth; number != keptNumber {
			if kept, err = bundle(tree, number); err != nil {
				return 0, err
			}
			keptNumber = number
		}
		entry := kept[index%tileWidth]
		if err := checkRecord(name, entry); err != nil {
			return 0, err
		}
		if err := checkProof(name, index, entry, tree, checkpoint); err != nil {
			return 0, fmt.Errorf("proofs/%s.tlog-proof: %w", name, err)
		}
		count++
	}
	return count, err
}

func checkRecord(name string, entry []byte) error {
	shown, err := read("records/" + name + ".json")
	if err != nil {
		return err
	}
	if !bytes.Equal(shown, entry) {
		return fmt.Errorf("records/%s.json is not entry %s", name, name)
	}
	salt, noSalt := read("records/" + name + ".salt")
	body, noBody := read("records/" + name + ".body")
	if errors.Is(noSalt, fs.ErrNotExist) && errors.Is(noBody, fs.ErrNotExist) {
		return nil // Its text was never there, was erased, or was not disclosed.
	}
	if noSalt != nil || noBody != nil {
		return fmt.Errorf("record %s: salt and body come together", name)
	}
	var fields struct {
		PT string `json:"pt"`
	}
	if err := json.Unmarshal(entry, &fields); err != nil {
		return err
	}
	if sum := sha256.Sum256(append(salt, body...)); len(salt) != 32 || hex.EncodeToString(sum[:]) != fields.PT {
		return fmt.Errorf("records/%s.body is not what entry %s says was said", name, name)
	}
	return nil
}

func checkProof(name string, index int64, entry []byte, tree tlog.Tree, checkpoint string) error {
	data, err := read("proofs/" + name + ".tlog-proof")
	if err != nil {
		return err
	}
	head, signed, ok := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || lines[2] != "index "+name {
		return errors.New("not a proof of this entry")
	}
	if signed != checkpoint {
		return errors.New("its checkpoint is another one")
	}
	if lines[1] != "extra "+base64.StdEncoding.EncodeToString(entry) {
		return errors.New("its entry is another one")
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}
