package virtual

import "bytes"

// longObject writes a BER object with a two-byte length whatever its size, as the card does.
func longObject(tag uint32, values ...[]byte) []byte {
	value := bytes.Join(values, nil)
	out := []byte{byte(tag)}
	if tag > 0xFF {
		out = []byte{byte(tag >> 8), byte(tag)}
	}
	return append(append(out, 0x82, byte(len(value)>>8), byte(len(value))), value...)
}

// shortObject writes a BER object of fewer than 128 bytes with its minimal length.
func shortObject(tag uint32, value []byte) []byte {
	return append([]byte{byte(tag >> 8), byte(tag), byte(len(value))}, value...)
}

// fileContent is a file of the card: filler stands behind its object.
func fileContent(content []byte, size int) []byte {
	return append(bytes.Clone(content), bytes.Repeat([]byte{0xFF}, max(size-len(content), 4))...)
}

// withOffsets puts DF21 before objects: big-endian offsets of each from the file's start. The outer object's
// header takes five bytes.
func withOffsets(outer uint32, objects ...[]byte) []byte {
	const header = 5
	at := header + 5 + 2*len(objects)
	var table []byte
	for _, o := range objects {
		table = append(table, byte(at>>8), byte(at))
		at += len(o)
	}
	return longObject(outer, longObject(0xDF21, table), bytes.Join(objects, nil))
}
