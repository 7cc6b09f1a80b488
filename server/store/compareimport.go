package store

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"madoguchi/eligibility"
	"madoguchi/server/hashes"
	"madoguchi/server/insurer"
)

// CompareImport implements insurer.ImporterStore.
func (s importerStore) CompareImport(
	ctx context.Context, number eligibility.InsurerNumber, people iter.Seq2[string, eligibility.Person],
	most int,
) (insurer.ImportPicture, error) {
	c := importComparison{core: s.core, most: most}
	err := s.inBatches(comparedWith{s.core, number}, people,
		func(batch []incomingPerson) error { return c.add(ctx, batch) })
	if err == nil {
		err = c.addMissing(ctx, number)
	}
	return c.picture, storageError(err)
}

// importComparison compares the people of a file with the register, a batch at a time.
type importComparison struct {
	core    *core
	most    int
	seen    hashes.Map[struct{}] // by 96 bits of the key's MAC: a repeated row changes nothing twice
	picture insurer.ImportPicture
}

func (c *importComparison) add(ctx context.Context, batch []incomingPerson) error {
	found, err := findKnown(ctx, c.core.read, batch, 0)
	if err != nil {
		return err
	}
	for _, p := range batch {
		k, ok := found[string(p.keyMAC)]
		short := hashes.Hash(p.keyMAC)
		_, again := c.seen.Get(short)
		switch {
		case again || ok && bytes.Equal(k.bodyMAC, p.bodyMAC):
			c.picture.Count.Unchanged++
		case !ok:
			c.picture.Count.New++
			if len(c.picture.New) < c.most {
				person, err := p.person()
				if err != nil {
					return err
				}
				c.picture.New = append(c.picture.New, person)
			}
		default:
			c.picture.Count.Changed++
			if err := c.addChanged(ctx, k.ref, p); err != nil {
				return err
			}
		}
		c.seen.Put(short, struct{}{})
	}
	return nil
}

func (c *importComparison) addChanged(ctx context.Context, ref string, p incomingPerson) error {
	if len(c.picture.Changed) == c.most {
		return nil
	}
	before, err := c.core.people().scan(ctx, c.core.read.QueryRowContext(ctx,
		`SELECT `+personColumns+` FROM people WHERE ref = $1`, ref).Scan)
	if err != nil {
		return err
	}
	after, err := p.person()
	c.picture.Changed = append(c.picture.Changed, insurer.ChangedPerson{Before: before, After: after})
	return err
}

// addMissing counts the people of the register whom the file did not name.
func (c *importComparison) addMissing(ctx context.Context, number eligibility.InsurerNumber) error {
	var first []string
	err := c.core.each(ctx, func(scan func(...any) error) error {
		var key []byte
		var ref string
		if err := scan(&key, &ref); err != nil {
			return err
		}
		if len(key) >= len(hashes.Hash{}) {
			if _, named := c.seen.Get(hashes.Hash(key)); named {
				return nil
			}
		}
		c.picture.Missing++
		if len(first) < c.most {
			first = append(first, ref)
		}
		return nil
	}, `SELECT key_mac, ref FROM registered WHERE insurer = $1 ORDER BY id`, number)
	for _, ref := range first {
		if err != nil {
			break
		}
		var r insurer.PersonRecord
		r, err = c.core.people().scan(ctx, c.core.read.QueryRowContext(ctx,
			`SELECT `+personColumns+` FROM people WHERE ref = $1`, ref).Scan)
		c.picture.MissingPeople = append(c.picture.MissingPeople, r)
	}
	return err
}

// person reads a person on the way in.
func (p incomingPerson) person() (out eligibility.Person, err error) {
	if out, err = eligibility.ReadPerson(p.body); err != nil {
		return out, fmt.Errorf("reading a person of a file: %w", err)
	}
	return out, nil
}
