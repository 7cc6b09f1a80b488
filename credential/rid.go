package credential

import "errors"

// MaxRID bounds a revocation index: 2^27 per issuer.
const MaxRID = 1 << 27

const ridAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// EncodeRID writes an index below 2^27 as five base64url characters: 30 bits, big-endian, the top three zero.
func EncodeRID(index uint32) string {
	var b [5]byte
	for i := range b {
		b[4-i] = ridAlphabet[index>>(6*i)&63]
	}
	return string(b[:])
}

// DecodeRID reads what EncodeRID wrote.
func DecodeRID(s string) (uint32, error) {
	if len(s) != 5 {
		return 0, errors.New("credential: a rid has five characters")
	}
	var n uint32
	for i := range len(s) {
		v := -1
		for j := range len(ridAlphabet) {
			if ridAlphabet[j] == s[i] {
				v = j
			}
		}
		if v < 0 {
			return 0, errors.New("credential: not a base64url rid")
		}
		n = n<<6 | uint32(v)
	}
	if n >= MaxRID {
		return 0, errors.New("credential: the rid is not below 2^27")
	}
	return n, nil
}
