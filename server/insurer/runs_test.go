package insurer

import (
	"errors"
	"testing"

	"madoguchi/eligibility"
)

func TestARunsFailureIsToldWhicheverVersionNotedIt(t *testing.T) {
	for _, c := range []struct{ name, note, ja, en string }{
		{
			"a known fault", noteOf(&eligibility.Error{Code: eligibility.Conflict, Key: "run.file_gone"}),
			"前に作ったファイルが保存先にありません。ファイルを元の場所にもどしてから再開するか、新しく印刷し直してください。",
			"A file made before is not in the folder. Put it back and resume, or start a new run.",
		},
		{
			"any other", noteOf(errors.New("a cable was pulled")),
			"思わぬ理由で止まりました。記録（ログ）を確かめて、再開してください。",
			"The run stopped for an unexpected reason. Look at the log, then resume.",
		},
		{"a sentence of a version before the catalogue", "保存先に書き込めません。", "保存先に書き込めません。", "保存先に書き込めません。"},
		{"none", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			told := PrintRun{Note: c.note}.Failure()
			if told.Text("ja") != c.ja || told.Text("en") != c.en {
				t.Errorf("%q, %q", told.Text("ja"), told.Text("en"))
			}
		})
	}
}
