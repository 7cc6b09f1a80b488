package desk

import "context"

// Note appends a line to the audit chain that belongs to no other change, such as a look or a download. The detail holds no
// personal data.
func (o *Office) Note(ctx context.Context, actor Actor, action, detail string) error {
	return o.Store.Note(ctx, Entry{At: o.Now(), Actor: actor, Action: action, Detail: detail})
}
