package store

import (
	"encoding/binary"
	"fmt"
)

// Whoever can write the database but has no keys must not be able to change what a row decides: whose session
// it is and of which kind, until when, who may show whom, which notice is void. Such values stand in plain
// columns, since rows are found by them, and are vouched for: by the seal of the row's sealed column (place),
// or by the row's column proof (rowproof.go).
//
// What no key can show is that rows are missing, or that a whole row, or the whole file, is that of an
// earlier day: that needs a counter outside of the database. The audit chain's signed head, which others
// keep, tells it afterwards.

// place is where a sealed value stands, with the values of its row that it vouches for.
type place struct {
	form           byte
	column, record string
	values         []any // of the types that appendValues takes
}

// Forms of sealed values. A value of one form does not open as the other.
const (
	plainForm byte = 0 // bound to its column and record: all that the releases before this one wrote
	boundForm byte = 1 // bound to other values of its row too
)

// keyID are the bits of a data key's id in a sealed value's first eight bytes.
const keyID = 1<<56 - 1

// plainPlace is the place of a value whose row has nothing to vouch for.
func plainPlace(column, record string) place {
	return place{form: plainForm, column: column, record: record}
}

// boundPlace is the place of a value that vouches for others of its row.
func boundPlace(column, record string, values ...any) place {
	return place{form: boundForm, column: column, record: record, values: values}
}

// appendTo appends the additional authenticated data of a place (NIST SP 800-38D).
func (p place) appendTo(b []byte) []byte {
	if p.form == plainForm {
		b = append(b, p.column...)
		return append(append(b, 0), p.record...)
	}
	b = append(b, p.form) // no column begins like that
	return appendValues(appendValues(b, p.column, p.record), p.values...)
}

// appendValues writes values so that different ones never read the same: texts and bytes behind their length,
// a missing one unlike an empty one.
func appendValues(b []byte, values ...any) []byte {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b = binary.BigEndian.AppendUint32(append(b, 's'), uint32(len(v)))
			b = append(b, v...)
		case []byte:
			if v == nil {
				b = append(b, 'n')
				continue
			}
			b = binary.BigEndian.AppendUint32(append(b, 'b'), uint32(len(v)))
			b = append(b, v...)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
		default:
			panic(fmt.Sprintf("store: no row holds a %T", v))
		}
	}
	return b
}
