// Package form prints people onto forms. gopdf composes a form once, with a placeholder text where each of a
// person's values goes; Read takes what gopdf wrote, cuts the placeholders out and keeps their places as
// slots; a Writer stamps any number of people onto it and streams the pages. A single download is a file of
// one page.
//
// So every layout stands in one place, where gopdf draws it, and a page costs a small part of what composing
// it anew would: the form's drawing and its font are made, cut and packed once, and only the person's text,
// codes and font follow. In a file of several pages what they show alike, such as the insurer's name, stands
// once too.
package form
