package e2e

import (
	"strings"
	"testing"
)

// The commands with which whoever runs a server says whom it works for: what they print is a contract, and
// so are their exit codes.
func TestInsurersAndFacilitiesAreLookedAfterByCommands(t *testing.T) {
	program := built(t, "./server", "madoguchi")
	dir := t.TempDir()
	live := []string{"MADOGUCHI_URL=https://live.example"}
	counter := append([]string{"MADOGUCHI_DATA=counter"}, live...)
	union := `{"number":"06139992","paper":"06139992","kind":"組合管掌健康保険","name":"架空健康保険組合",` +
		`"issuer":"架空健康保険組合理事長","telephone":"06-0000-0000","unit":"","address":"","hours":"","colour":"",` +
		`"state":"","iss":"https://live.example/i/06139992"}`
	clinic := `{"code":"1319999991","name":"架空医院","address":"","telephone":"","blankingSeconds":60,` +
		`"copyByYear":false,"retentionYears":3,"url":"https://live.example/f/1319999991"}`
	add := "insurer add 06139992 --name 架空健康保険組合 --issuer 架空健康保険組合理事長 --telephone 06-0000-0000"
	for _, c := range []struct {
		args string
		env  []string
		code int
		out  string // whole; empty where only the exit code and the reason count
		errs string // a part
	}{
		{"insurer list", live, 2, "", "MADOGUCHI_DATA"},
		{add + " --json", live, 0, union, ""},
		{add, live, 2, "", "insurer set"},
		{"keys csr --insurer 138990 --out request.pem", live, 2, "", "keys list"},
		{"insurer add 138991 --name 架空市 --issuer 市長 --telephone 03", live, 2, "", "NUMBER: 保険者番号が正しくありません"},
		{"insurer add 12130001 --name 架空市 --issuer 市長 --telephone 03", live, 2, "", "NUMBER: 生活保護の医療扶助"},
		{"insurer add 138990 --name 架空市 --telephone 03", live, 2, "", "--issuer: "},
		{"insurer set 138990 --unit 資格課", live, 2, "", "NUMBER: "},
		{"insurer set 06139992", live, 2, "", "insurer set --help"},
		{"insurer set 06139992 --colour blue", live, 2, "", "--colour: "},
		{"insurer set 06139992 --unit 資格課 --json", live, 0,
			strings.Replace(union, `"unit":""`, `"unit":"資格課"`, 1), ""},
		{"insurer list --json", live, 0,
			`{"insurers":[` + strings.Replace(union, `"unit":""`, `"unit":"資格課"`, 1) + `]}`, ""},
		{"insurer 138990", live, 0,
			`{"valid":true,"normalised":"00138990","paper":"138990","kind":"国民健康保険","prefecture":"東京都"}`, ""},
		{"facility list", counter, 2, "", "MADOGUCHI_DATA"},
		{"facility add 1319999991 --name 架空医院 --json", counter, 0, clinic, ""},
		{"facility add 1319999991 --name 架空医院", counter, 2, "", "CODE: "},
		{"facility add 131999999 --name 架空医院", counter, 2, "", "CODE: 医療機関コードは数字10桁"},
		{"facility add 1319999992", counter, 2, "", "--name: "},
		{"facility add 1319999992 --name 架空薬局 --blanking 0", counter, 2, "", "--blanking: "},
		{"facility add 1319999992 --name 架空薬局 --blanking 601", counter, 2, "", "--blanking: "},
		{"facility set 1319999992 --name 架空薬局", counter, 2, "", "医療機関は見つかりません"},
		{"facility set 1319999991", counter, 2, "", "facility set --help"},
		{"facility set 1319999991 --blanking 45 --json", counter, 0,
			strings.Replace(clinic, ":60", ":45", 1), ""},
		{"facility list --json", counter, 0,
			`{"facilities":[` + strings.Replace(clinic, ":60", ":45", 1) + `]}`, ""},
		// the data of one half are no others'
		{"facility list", live, 2, "", "--role"},
	} {
		t.Run(c.args, func(t *testing.T) {
			out, errs, code := run(t, dir, program, nil, c.env, strings.Fields(c.args)...)
			if code != c.code || strings.TrimSpace(out) != c.out || !strings.Contains(errs, c.errs) ||
				(code != 0) != (errs != "") {
				t.Errorf("%d %q %q", code, out, errs)
			}
		})
	}
	for _, c := range []struct {
		args string
		env  []string
		says []string // Japanese and English
	}{
		{"insurer list", live, []string{"06139992  架空健康保険組合", "https://live.example/i/06139992"}},
		{"insurer set 06139992 --hours 9時から17時", live, []string{"設定を変えました", "are changed"}},
		// its key is there before any start of a server, so that certificates can be ordered
		{"keys csr --insurer 06139992 --out request.pem", live, []string{"申請書", "request.pem"}},
		{"facility list", counter, []string{"1319999991  架空医院", "https://live.example/f/1319999991"}},
		{"facility add 1319999992 --name 架空薬局", counter, []string{"登録しました", "is registered", "keys counter"}},
	} {
		t.Run(c.args+", told", func(t *testing.T) {
			out, errs, code := run(t, dir, program, nil, c.env, strings.Fields(c.args)...)
			for _, part := range c.says {
				if code != 0 || errs != "" || !strings.Contains(out, part) {
					t.Errorf("%d %q %q lacks %s", code, out, errs, part)
				}
			}
		})
	}
}
