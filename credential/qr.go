package credential

import (
	"errors"
	"fmt"
	"sync"

	"rsc.io/qr/coding"
)

// maxVersion is the largest QR that the SMART Health Cards specification allows for one card.
const maxVersion = 22

// QR is a code's module matrix without quiet zone.
type QR struct {
	Size   int
	bits   []byte
	stride int
}

// Black reports whether the module in column x, row y is black.
func (q QR) Black(x, y int) bool {
	return q.bits[y*q.stride+x/8]&(0x80>>(x&7)) != 0
}

// ErrTooLong is returned for a credential that does not fit into a QR of version 22 level L.
var ErrTooLong = errors.New("credential: too long for one QR; offer the file")

// QRMatrix returns the QR of a credential: shc:/ as bytes, the digits as a numeric segment, level L, version
// 22 at most.
func QRMatrix(jws string) (QR, error) {
	text := NumericQR(jws)
	prefix, digits := coding.String(text[:len(scheme)]), coding.Num(text[len(scheme):])
	if len(jws) > MaxJWS {
		return QR{}, ErrTooLong
	}
	version := coding.Version(1)
	for ; version <= maxVersion; version++ {
		if prefix.Bits(version)+digits.Bits(version) <= version.DataBytes(coding.L)*8 {
			break
		}
	}
	if version > maxVersion {
		return QR{}, ErrTooLong
	}
	plan, err := planOf(version)
	if err != nil {
		return QR{}, err
	}
	code, err := plan.Encode(prefix, digits)
	if err != nil {
		return QR{}, fmt.Errorf("encoding the QR: %w", err)
	}
	return QR{Size: code.Size, bits: code.Bitmap, stride: code.Stride}, nil
}

// mask 2 was read by every decoder tried (docs/facts/smart-health-card.md#encodings); rsc.io/qr does
// not score masks.
const mask = 2

var qrPlans sync.Map // coding.Version → *coding.Plan; a plan never changes once made

func planOf(version coding.Version) (*coding.Plan, error) {
	if plan, ok := qrPlans.Load(version); ok {
		return plan.(*coding.Plan), nil
	}
	plan, err := coding.NewPlan(version, coding.L, mask)
	if err != nil {
		return nil, fmt.Errorf("planning the QR: %w", err)
	}
	qrPlans.Store(version, plan)
	return plan, nil
}
