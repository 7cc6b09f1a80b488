package card_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"madoguchi/card"
	"madoguchi/card/virtual"
)

// mad answers from a text of bytes: a length, then as many bytes, status word included.
type mad struct{ rest []byte }

func (m *mad) Transmit(context.Context, []byte) ([]byte, error) {
	if len(m.rest) == 0 {
		return nil, errors.New("no more")
	}
	n := min(int(m.rest[0]), len(m.rest)-1)
	answer := bytes.Clone(m.rest[1 : 1+n])
	m.rest = m.rest[1+n:]
	return answer, nil
}

// Whatever a card answers, no operation confirms it, touches a forbidden file, presents two keys or runs for
// ever.
func FuzzOperationsSurviveAnyCard(f *testing.F) {
	c := insert(f, virtual.Description{})
	for _, o := range operations {
		c.Insert()
		var course []byte
		s := card.Open(transmit(func(ctx context.Context, command []byte) ([]byte, error) {
			answer, err := c.Transmit(ctx, command)
			if len(answer) < 256 {
				course = append(append(course, byte(len(answer))), answer...)
			}
			return answer, err
		}))
		o.run(context.Background(), s, tokuichi, numberB(f, tokuichi, 2035, "1234"))
		f.Add(course)
	}
	f.Add([]byte("\x02\x90\x00\x02\x90\x00\x22JPKIAPICCTOKEN2                 " +
		"\x90\x00\x02\x90\x00\x02\x90\x00\x02\x61\x10\x02\x6c\x01"))
	b := numberB(f, tokuichi, 2035, "1234")
	f.Fuzz(func(t *testing.T, answers []byte) {
		for _, o := range operations {
			s, w := open(t, &mad{bytes.Clone(answers)})
			_, r := o.run(context.Background(), s, tokuichi, b)
			if r.Outcome == card.Confirmed || r.Outcome == card.Unverified || r.Text("ja") == "" ||
				w.verifies > 1 {
				t.Errorf("%s: %+v, %d keys", o.name, r, w.verifies)
			}
		}
	})
}
