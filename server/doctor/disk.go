package doctor

import (
	"context"
	"fmt"

	"madoguchi/eligibility"
	"madoguchi/message"
)

// How much space a start wants: with less than leastFree the next import or print run would end in the
// middle.
const (
	leastFree  = 100 << 20
	littleFree = 1 << 30
)

var errDiskFull = &eligibility.Error{Code: eligibility.Unavailable, Key: "disk.full"}

// checkDisk finds how much space is left where the data folder is or will be.
func (v *visit) checkDisk(context.Context) []Finding {
	folder, err := existing(v.Settings.Folder())
	if err != nil {
		return nil // checkFolder has said it
	}
	free, err := v.Free(folder)
	if err != nil {
		return []Finding{warn(message.New("doctor.disk_unknown", nil), err)}
	}
	space := text("free", size(free))
	switch {
	case free < leastFree:
		return []Finding{refuse(errDiskFull.With(space))}
	case free < littleFree:
		return []Finding{warn(message.New("doctor.disk_little", space), nil)}
	}
	return []Finding{good(message.New("doctor.disk", space))}
}

// size writes a number of bytes in MB or GB.
func size(bytes uint64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}
