package insurer

import "slices"

// DeviceKind is the coarse kind of a device, so that its owner knows it again in a list: one word of a closed
// list, never what the browser says of itself.
type DeviceKind string

// The kinds; the empty one stands for every other.
const (
	AndroidPhone DeviceKind = "android"
	IPhone       DeviceKind = "iphone"
	Tablet       DeviceKind = "tablet"
	Computer     DeviceKind = "computer"
)

// Known returns the kind, or the empty one for a word that is not of the list.
func (k DeviceKind) Known() DeviceKind {
	if slices.Contains([]DeviceKind{AndroidPhone, IPhone, Tablet, Computer}, k) {
		return k
	}
	return ""
}
