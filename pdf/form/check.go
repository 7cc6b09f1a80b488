package form

import (
	"madoguchi/pdf/font"
)

// Check reports what a person should look at before a page with these values goes out, without writing it.
func (f *Form) Check(p Person) Report {
	var out stamped
	return f.stamp(&out, fonts{values: font.NewSubset()}, p, &repeated{})
}
