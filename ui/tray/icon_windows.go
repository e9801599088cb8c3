package tray

import (
	"bytes"
	"encoding/binary"
	"image/png"
)

// iconFile wraps a PNG as an .ico, which may hold one as it is since Windows Vista.
func iconFile(file []byte) []byte {
	size, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return file
	}
	const head = 6 + 16
	ico := []byte{0, 0, 1, 0, 1, 0, byte(size.Width), byte(size.Height), 0, 0, 1, 0, 32, 0}
	ico = binary.LittleEndian.AppendUint32(ico, uint32(len(file)))
	ico = binary.LittleEndian.AppendUint32(ico, head)
	return append(ico, file...)
}
