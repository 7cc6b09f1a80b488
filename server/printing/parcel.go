package printing

import (
	"context"
	"slices"
)

// A parcel's count sheet stands before the first of its people who is printed, and says how many are: those
// of the plan may have lost their eligibility since. A parcel of nobody has none.

// parcelPeople counts who is printed of a parcel. items and pages are the part of it that is loaded, and what
// comes behind it; next is the place behind them.
func (f *filePrint[T]) parcelPeople(
	ctx context.Context, items []Item, pages []Page[T], next int,
) (people int, err error) {
	group := items[0].Group
	for i, item := range items {
		if item.Group != group {
			return people, nil
		}
		if pages[i].Skip == "" {
			people++
		}
	}
	for ; next < f.Items.Len(); next += chunkSize {
		items, err := f.Items.Slice(ctx, next, min(next+chunkSize, f.Items.Len()))
		if err != nil {
			return 0, err
		}
		end := slices.IndexFunc(items, func(item Item) bool { return item.Group != group })
		over := end >= 0
		if over {
			items = items[:end]
		}
		due, err := f.composer.Due(ctx, refsOf(items))
		if people += due; err != nil || over {
			return people, err
		}
	}
	return people, nil
}

// lastParcel returns whose count sheet came last in the finished files. Records of versions before do not say
// it: there the sheet stood before the parcel's first person, whoever was printed.
func (j *Job) lastParcel(ctx context.Context, files []FileRecord) (string, error) {
	for _, f := range slices.Backward(files) {
		switch {
		case f.Name == "": // nobody was printed, and no sheet
		case f.Parcel != "":
			return f.Parcel, nil
		default:
			items, err := j.Items.Slice(ctx, f.Last-1, f.Last)
			if err != nil || len(items) == 0 {
				return "", err
			}
			return items[0].Group, nil
		}
	}
	return "", nil
}
