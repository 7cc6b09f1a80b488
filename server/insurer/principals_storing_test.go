package insurer_test

import (
	"errors"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
)

// The methods of what goes on behind a clerk's pages, and of what a clerk has looked at.
func init() {
	rows = append(rows,
		row{method: "Importer.Counted", call: func(w *world, who asking) error {
			if err := w.Importer.Read(ctx, w.rightful.clerk, w.preview,
				func(insurer.ImportProgress) {}); err != nil {
				return err
			}
			if !w.Importer.Counted(who.clerk, w.previewed) {
				return errNothing
			}
			return nil
		}},
		row{method: "Importer.BeginStore", call: func(w *world, who asking) error {
			err := w.Importer.BeginStore(ctx, who.clerk, w.preview, w.seen)
			w.Importer.Wait()
			return err
		}},
		row{method: "Importer.Storing", own: "it tells of the asker's own files alone",
			call: func(w *world, who asking) error {
				if _, going := w.Importer.Storing(who.clerk, w.preview); going {
					return errors.New("a file is being stored that nobody began to")
				}
				return nil
			}},
		row{method: "Importer.WatchStoring", own: "it hears of the asker's own files alone",
			call: func(w *world, who asking) error {
				_, stop := w.Importer.WatchStoring(who.clerk, w.preview)
				stop()
				return nil
			}},
		row{method: "Importer.StoreFailure", own: "it tells of the asker's own files alone",
			call: func(w *world, who asking) error { return w.Importer.StoreFailure(who.clerk, w.preview) }},
		row{method: "Importer.StopStore", own: "it ends the asker's own storing alone",
			call: func(w *world, who asking) error {
				return w.Importer.StopStore(ctx, who.clerk, w.preview)
			}},

		row{method: "RunLists.Keep", own: "it keeps the asker's own list",
			call: func(w *world, who asking) error {
				_, err := w.RunLists.Keep(ctx, who.clerk, "1")
				return err
			}},
		row{method: "RunLists.Lines", codes: []eligibility.Code{eligibility.Invalid},
			call: func(w *world, who asking) error {
				_, err := w.RunLists.Lines(ctx, who.clerk, w.list)
				return err
			}},
		row{method: "PrintJobs.NewPapers", own: "it counts the asker's own people alone",
			call: func(w *world, who asking) error {
				_, err := w.PrintJobs.NewPapers(ctx, who.clerk, w.preview)
				return err
			}},
		row{method: "Tasks.CheckNames", own: "it notes it of the asker's own runs alone",
			call: func(w *world, who asking) error { return w.Tasks.CheckNames(ctx, who.clerk, w.run) }},
		row{method: "Tasks.AskedAboutPhones", call: func(w *world, who asking) error {
			return w.Tasks.AskedAboutPhones(ctx, who.clerk, w.person.ID)
		}},
	)
}
