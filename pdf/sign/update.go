package sign

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"madoguchi/pdf/object"
)

// update is what is added behind a document (ISO 32000-1 section 7.5.6).
type update struct {
	*object.File
	out    bytes.Buffer // the whole new file
	places map[int]int
	next   int
	root   object.Dict
	rootID int
}

// openUpdate begins an update of a document. It returns ErrStructure or ErrLocked for what is no plain PDF.
func openUpdate(document []byte) (*update, error) {
	f, err := object.Open(document)
	if errors.Is(err, object.ErrLocked) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, ErrStructure.Because(err)
	}
	u := &update{File: f, places: map[int]int{}, next: f.Size}
	var ok bool
	if u.root, u.rootID, ok = f.Dict(f.Trailer.Get("Root")); !ok || u.rootID == 0 {
		return nil, ErrStructure.Because(fmt.Errorf("no catalog"))
	}
	u.out.Grow(len(f.Data) + 16<<10)
	u.out.Write(f.Data)
	if !bytes.HasSuffix(f.Data, []byte("\n")) {
		u.out.WriteByte('\n')
	}
	return u, nil
}

func (u *update) reserve() int {
	u.next++
	return u.next - 1
}

func (u *update) begin(number int) {
	u.places[number] = u.out.Len()
	fmt.Fprintf(&u.out, "%d 0 obj\n", number)
}

func (u *update) write(number int, value string) {
	u.begin(number)
	u.out.WriteString(value)
	u.out.WriteString("\nendobj\n")
}

func (u *update) stream(number int, entries string, data []byte) {
	u.begin(number)
	fmt.Fprintf(&u.out, "<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n", entries, len(data), data)
}

// close writes the catalog, the table and the trailer. The second half of /ID names this state of the file
// (ISO 32000-1 section 14.4): it is the digest of what was written, so that the same input gives the same
// bytes.
func (u *update) close() {
	u.write(u.rootID, u.root.String())
	numbers := make([]int, 0, len(u.places))
	for number := range u.places {
		numbers = append(numbers, number)
	}
	slices.SortFunc(numbers, cmp.Compare)
	digest := sha256.Sum256(u.out.Bytes()[len(u.Data):])
	table := u.out.Len()
	u.out.WriteString("xref\n")
	for i := 0; i < len(numbers); {
		n := 1
		for i+n < len(numbers) && numbers[i+n] == numbers[i]+n {
			n++
		}
		fmt.Fprintf(&u.out, "%d %d\n", numbers[i], n)
		for _, number := range numbers[i : i+n] {
			fmt.Fprintf(&u.out, "%010d 00000 n \n", u.places[number])
		}
		i += n
	}
	id := hex.EncodeToString(digest[:16])
	first := "<" + id + ">"
	if old := u.Array(u.Trailer.Get("ID")); len(old) == 2 {
		first = string(old[0])
	}
	t := u.Trailer.With("Size", fmt.Sprint(u.next)).
		With("Prev", fmt.Sprint(u.Start)).
		With("ID", "["+first+"<"+id+">]")
	fmt.Fprintf(&u.out, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", t, table)
}
