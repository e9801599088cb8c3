package recordings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"leadline/crm"
	"leadline/crm/server/access"
)

// A sealed file is a head, which names the key, and blocks, each sealed for its place in this recording of this length: a
// block that was changed, moved, left out or taken from another recording does not open. Blocks can be read from any place.
const (
	blockSize  = 64 << 10
	sealedSize = blockSize + access.SealOverhead
	headSize   = int64(len(magic) + len(access.KeyID{}))
	magic      = "LLREC01\n"
)

// sealed is one recording's file, as it is read and written.
type sealed struct {
	vault     *access.Vault // with the file's key alone
	workspace crm.ID
	id        crm.ID
	size      int64 // of the sound
}

func (s sealed) purpose(block int64) string {
	return fmt.Sprintf("recording %s %s %d %d", s.workspace, s.id, s.size, block)
}

// blocks is how many blocks the whole recording has.
func (s sealed) blocks() int64 { return (s.size + blockSize - 1) / blockSize }

// placeOf is where a block begins in the file.
func placeOf(block int64) int64 { return headSize + block*sealedSize }

// have is how much of the sound is in a file of a length: whole blocks only, so that one that was torn is written again.
func (s sealed) have(length int64) int64 {
	if length < headSize {
		return 0
	}
	whole := (length - headSize) / sealedSize
	if whole >= s.blocks()-1 && length >= s.length() {
		return s.size
	}
	return min(whole, s.blocks()-1) * blockSize
}

// length is that of the whole file.
func (s sealed) length() int64 { return placeOf(s.blocks()-1) + s.lastBlock() + access.SealOverhead }

func (s sealed) lastBlock() int64 { return s.size - (s.blocks()-1)*blockSize }

// openPart opens the file of a recording on its way, which is made when it is not there.
func openPart(vault *access.Vault, path string, s sealed) (*os.File, sealed, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, s, err
	}
	s, err = readHead(vault, f, s)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s, err = writeHead(vault, f, s)
	}
	if err != nil {
		return nil, s, errors.Join(err, f.Close())
	}
	return f, s, nil
}

func writeHead(vault *access.Vault, f *os.File, s sealed) (_ sealed, err error) {
	key := vault.KeyID()
	if s.vault, err = vault.With(key); err != nil {
		return s, err
	}
	_, err = f.WriteAt(append([]byte(magic), key[:]...), 0)
	return s, err
}

func readHead(vault *access.Vault, f io.ReaderAt, s sealed) (sealed, error) {
	head := make([]byte, headSize)
	if n, err := f.ReadAt(head, 0); n < len(head) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return s, err
	}
	if !bytes.HasPrefix(head, []byte(magic)) {
		return s, access.ErrUnsealed
	}
	var err error
	s.vault, err = vault.With(access.KeyID(head[len(magic):]))
	return s, err
}

// write seals one block.
func (s sealed) write(f io.WriterAt, block int64, clear []byte) error {
	_, err := f.WriteAt(s.vault.Seal(s.purpose(block), clear), placeOf(block))
	return err
}

// read opens one block.
func (s sealed) read(f io.ReaderAt, block int64) ([]byte, error) {
	size := int64(blockSize)
	if block == s.blocks()-1 {
		size = s.lastBlock()
	}
	b := make([]byte, size+access.SealOverhead)
	if n, err := f.ReadAt(b, placeOf(block)); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = access.ErrUnsealed // it was cut off
		}
		return nil, err
	}
	return s.vault.Open(s.purpose(block), b)
}

// Sound is a recording that is read. It belongs to one goroutine.
type Sound struct {
	sealed
	file  *os.File
	at    int64
	block int64 // that clear is
	clear []byte
	Hash  []byte // SHA-256 of the whole
}

func openSound(vault *access.Vault, path string, s sealed) (*Sound, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if s, err = readHead(vault, f, s); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Sound{sealed: s, file: f, block: -1}, nil
}

// Size is how many bytes there are.
func (s *Sound) Size() int64 { return s.size }

// Read is io.Reader's.
func (s *Sound) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	if block := s.at / blockSize; block != s.block {
		clear, err := s.read(s.file, block)
		if err != nil {
			return 0, fmt.Errorf("block %d: %w", block, err)
		}
		s.block, s.clear = block, clear
	}
	n := copy(p, s.clear[s.at%blockSize:])
	s.at += int64(n)
	return n, nil
}

// Seek is io.Seeker's.
func (s *Sound) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return s.at, errors.New("before the beginning")
	}
	s.at = offset
	return offset, nil
}

// Close closes the file.
func (s *Sound) Close() error { return s.file.Close() }
