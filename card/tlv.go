package card

// A BER reader as tolerant as real cards need: lengths that are not minimal, and filler (FF) behind an
// object. encoding/asn1 refuses both.

// object is one BER object: its tag, its value, and the whole of it with tag and length.
type object struct {
	tag     uint32
	value   []byte
	encoded []byte
}

// berHeader reads a tag and a length; n is the number of bytes that they take.
func berHeader(data []byte) (tag uint32, length, n int, ok bool) {
	if len(data) == 0 {
		return 0, 0, 0, false
	}
	tag, n = uint32(data[0]), 1
	if data[0]&0x1F == 0x1F { // a tag of two or more bytes
		for {
			if n >= len(data) || n > 3 {
				return 0, 0, 0, false
			}
			tag = tag<<8 | uint32(data[n])
			n++
			if data[n-1]&0x80 == 0 {
				break
			}
		}
	}
	if n >= len(data) {
		return 0, 0, 0, false
	}
	first := data[n]
	n++
	if first < 0x80 {
		return tag, int(first), n, true
	}
	count := int(first & 0x7F)
	if count == 0 || count > 4 || n+count > len(data) {
		return 0, 0, 0, false
	}
	for _, b := range data[n : n+count] {
		length = length<<8 | int(b)
		if length > 1<<16 {
			return 0, 0, 0, false
		}
	}
	return tag, length, n + count, true
}

// objectLength returns the whole length of the object at the start of data, as soon as its header is there.
func objectLength(data []byte) (int, bool) {
	_, length, n, ok := berHeader(data)
	return n + length, ok
}

// readObject reads the object at the start of data.
func readObject(data []byte) (object, bool) {
	tag, length, n, ok := berHeader(data)
	if !ok || n+length > len(data) {
		return object{}, false
	}
	return object{tag, data[n : n+length], data[:n+length]}, true
}

// readChildren reads the objects inside a value, up to filler or its end. ok is false when something else
// stands there.
func readChildren(value []byte) (out []object, ok bool) {
	for len(value) > 0 && value[0] != 0xFF {
		o, ok := readObject(value)
		if !ok {
			return nil, false
		}
		out = append(out, o)
		value = value[len(o.encoded):]
	}
	return out, true
}

// contentOf returns the objects inside the constructed object with this tag at the start of data.
func contentOf(data []byte, tag uint32) ([]object, bool) {
	outer, ok := readObject(data)
	if !ok || outer.tag != tag {
		return nil, false
	}
	return readChildren(outer.value)
}

// findChild returns the one object with this tag.
func findChild(objects []object, tag uint32) (object, bool) {
	var found object
	n := 0
	for _, o := range objects {
		if o.tag == tag {
			found = o
			n++
		}
	}
	return found, n == 1
}
