package main

import (
	"fmt"
	"strings"

	"madoguchi/server/web/permissions"
)

const head = `# 誰が何を求められるか (Permissions)

* 表にない行き先: なし
* その行き先の表にない訪問者: 拒否（何も見せず、何も変えない）
* ほかの保険者・医療機関・患者の物: 誰に対しても「存在しない物」
* HEAD: GET と同じ

Every route of the server, by visitor. What is not in a visitor's table is refused: nothing is named,
nothing changed. What is another insurer's, facility's or patient's is answered to everybody as what does
not exist. HEAD goes with its GET.

|だれの物か (whose)|意味|meaning|
|---|---|---|
|–|誰の物でもない|nobody's|
|自分の訪問|自分の訪問・ログイン・端末・設定|the visitor's own session, login, phone or settings|
|見せてよい人|ログインか端末が見せてよい人|the people whom the login or the phone may show|
|患者が見せた物|患者が受付に見せた画面かコード|what a patient has shown to whoever asks|
|自分の組織|自分の保険者か医療機関の記録|records of the own insurer or facility|

* 「鍵」: 「要」は5分以内のパスキーが必要な行き先 (a fresh passkey)
* 「場所」: その行き先があるサーバー (where the route exists)

Printed from server/web/permissions/table.go by ` + "`go generate ./server/web/permissions`" + `; a test
compares. The router (server/web/kit/router.go) takes the guards from the same table, and a server with a
route outside of it does not start.
`

// titles are what each visitor is, for the headings.
var titles = map[permissions.Who]string{
	permissions.Public:        "だれでも（サインインなし）",
	permissions.Patient:       "ログインした被保険者",
	permissions.Device:        "鍵でもどった被保険者の端末",
	permissions.Host:          "信頼リストにあるほかのサーバー",
	permissions.Agent:         "読み取り機の橋渡しプログラム",
	permissions.Reception:     "医療機関の受付",
	permissions.FacilityAdmin: "医療機関の管理者",
	permissions.InsurerClerk:  "保険者の担当者",
	permissions.InsurerAdmin:  "保険者の管理者",
	permissions.Operator:      "サーバーの運用者",
}

// more is what an administrator may besides the own table.
var more = map[permissions.Who]string{
	permissions.FacilityAdmin: "受付 (reception) の表の全部と、次の行き先:",
	permissions.InsurerAdmin:  "担当者 (insurer-clerk) の表の全部と、次の行き先:",
}

var whose = map[permissions.Reach]string{
	permissions.Nobodys:         "–",
	permissions.OwnVisit:        "自分の訪問",
	permissions.OwnPeople:       "見せてよい人",
	permissions.Shown:           "患者が見せた物",
	permissions.OwnOrganisation: "自分の組織",
}

// places are the parts of a server in the order of the page.
var places = []struct {
	part permissions.Part
	name string
}{
	{permissions.InsurerHalf, "保険者"},
	{permissions.CounterHalf, "受付"},
	{permissions.SignIn, "担当者のサインイン"},
	{permissions.Demo, "デモ"},
	{permissions.DemoProvider, "デモ"},
	{permissions.PublishedDemo, "公開したデモ"},
}

func place(in permissions.Part) string {
	var names []string
	for _, p := range places {
		if in&p.part != 0 {
			names = append(names, p.name)
		}
	}
	if len(names) == 0 {
		return "すべて"
	}
	return strings.Join(names, "・")
}

// page is docs/permissions.md.
func page(table []permissions.Row) string {
	var b strings.Builder
	b.WriteString(head)
	for _, who := range permissions.Visitors() {
		fmt.Fprintf(&b, "\n## %s (%s)\n\n", titles[who], who)
		if more[who] != "" {
			fmt.Fprintf(&b, "%s\n\n", more[who])
		}
		rows := 0
		for _, row := range table {
			if row.Who&who == 0 {
				continue
			}
			if rows++; rows == 1 {
				b.WriteString("|行き先 (route)|内容|だれの物か|鍵|場所|\n|---|---|---|---|---|\n")
			}
			fmt.Fprintf(&b, "|`%s`|%s|%s|%s|%s|\n", row.Route, what(row), whose[row.Of], key(row),
				place(row.In))
		}
		if rows == 0 {
			b.WriteString("まだない (none yet)\n")
		}
	}
	return b.String()
}

func what(row permissions.Row) string {
	if row.En == "" {
		return row.Ja
	}
	return row.Ja + "<br>" + row.En
}

func key(row permissions.Row) string {
	if row.Marks&permissions.Fresh != 0 {
		return "要"
	}
	return ""
}
