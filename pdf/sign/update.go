package sign

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// update is what is added behind a document (ISO 32000-1 section 7.5.6).
type update struct {
	*document
	out    bytes.Buffer // the whole new file
	places map[int]int
	next   int
	root   dictionary
	rootID int
}

func newUpdate(d *document) (*update, error) {
	u := &update{document: d, places: map[int]int{}, next: d.size}
	var ok bool
	if u.root, u.rootID, ok = d.dictionary(d.trailer.get("/Root")); !ok || u.rootID == 0 {
		return nil, ErrStructure.Because(fmt.Errorf("no catalog"))
	}
	u.out.Grow(len(d.data) + 16<<10)
	u.out.Write(d.data)
	if !bytes.HasSuffix(d.data, []byte("\n")) {
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

// close writes the catalog, the table and the trailer. The second half of /ID names this state of the file (ISO 32000-1
// section 14.4): it is the digest of what was written, so that the same input gives the same bytes.
func (u *update) close() {
	u.write(u.rootID, u.root.String())
	numbers := make([]int, 0, len(u.places))
	for number := range u.places {
		numbers = append(numbers, number)
	}
	slices.SortFunc(numbers, cmp.Compare)
	digest := sha256.Sum256(u.out.Bytes()[len(u.data):])
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
	if old := u.array(u.trailer.get("/ID")); len(old) == 2 {
		first = string(old[0])
	}
	t := u.trailer.with("/Size", fmt.Sprint(u.next)).with("/Prev", fmt.Sprint(u.start)).with("/ID", "["+first+"<"+id+">]")
	fmt.Fprintf(&u.out, "trailer\n%s\nstartxref\n%d\n%%%%EOF\n", t, table)
}
