package clerk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"madoguchi/eligibility"
	"madoguchi/server/insurer"
	"madoguchi/server/staff"
	"madoguchi/server/web/kit"
)

// Sentence is one sentence in both of the staff's languages.
type Sentence struct{ Ja, En string }

// SupportRow is one line of what a support number tells.
type SupportRow struct{ Label, Value Sentence }

// SupportView is the help desk's page (/insurer/support).
type SupportView struct {
	kit.Page
	Code string // as typed
	Rows []SupportRow
	Next []Sentence // what to tell the patient, the most useful first
}

// supportTables says each place of a support number (docs/support.md).
var supportTables = struct{ tier, age, network, stored, clock, browser, persisted, failure []Sentence }{
	tier: []Sentence{{"コードは出ていません", "no code"}, {"電波があるときのコード", "the live code"}, {"電波がないときのコード", "the stored code"}, {"お名前が長く、コードにできません", "the name is too long for a code"}},
	age: []Sentence{{"―", "–"}, {"30秒以内", "under 30 s"}, {"90秒以内", "under 90 s"}, {"15分以内", "under 15 min"}, {"2時間以内", "under 2 h"}, {"12時間以内", "under 12 h"},
		{"1日以内", "under a day"}, {"1日より前", "more than a day"}},
	network: []Sentence{{"つながっています", "connected"}, {"電波がありません", "no network"}, {"電波はありますが、コードを受け取れません", "network, but no code can be had"}},
	stored:  []Sentence{{"ありません", "none"}, {"あります", "there"}, {"ありますが、1日たって使えません", "there, but too old"}},
	clock: []Sentence{{"合っています", "right"}, {"20秒〜2分進んでいます", "20 s to 2 min fast"}, {"2分以上進んでいます", "2 min or more fast"}, {"20秒〜2分遅れています", "20 s to 2 min slow"},
		{"2分以上遅れています", "2 min or more slow"}},
	browser: []Sentence{{"わかりません", "unknown"}, {"Android の Chrome など", "Android, Chrome or like it"}, {"Samsung ブラウザ", "Samsung browser"}, {"iPhone・iPad の Safari", "Safari on iOS"},
		{"iPhone・iPad のホーム画面", "iOS home screen"}, {"iPhone・iPad の Safari 以外", "another browser on iOS"}, {"Firefox", "Firefox"}, {"パソコンの Chrome・Edge", "Chrome or Edge on a computer"},
		{"ほかのアプリの中の画面（LINE など）", "a browser within another app"}, {"パソコンの Safari", "Safari on a computer"}},
	persisted: []Sentence{{"ブラウザが消すことがあります", "the browser may drop it"}, {"消えないように守られています", "kept for good"}, {"わかりません", "unknown"}},
	failure: []Sentence{{"なし", "none"}, {"通信がとぎれました", "a request was lost"}, {"ログインの時間切れ", "the session ended"}, {"資格が終わっています", "the eligibility has ended"},
		{"コードに入れられない文字がある", "characters that fit no code"}, {"名前が長すぎる", "the name is too long"}, {"ログインの失敗", "a login failed"}, {"端末の登録が90日で切れた", "the phone's 90 days are over"},
		{"端末の登録が取り消された", "the phone's registration was ended"}, {"この端末の方ではない", "not a person of this phone"}, {"サーバーの不具合", "trouble of the server"}, {"回数が多すぎる", "too many requests"},
		{"読み取れない要求", "a malformed request"}, {"番号で伝える操作の失敗", "telling a number failed"}, {"端末の登録の失敗", "adding the phone failed"}, {"そのほか", "other"}},
}

func (s *Pages) supportPage(c echo.Context, _ staff.Member) error {
	view := SupportView{Page: s.NewPage(c, "画面の番号", "A screen's number"), Code: strings.TrimSpace(c.QueryParam("code"))}
	if view.Code == "" {
		return s.Show(c, http.StatusOK, "support", view)
	}
	state, err := insurer.ReadSupport(view.Code)
	var e *eligibility.Error
	if errors.As(err, &e) {
		view.Error = kit.FormError(e)
		return s.Show(c, http.StatusUnprocessableEntity, "support", view)
	}
	if err != nil {
		return err
	}
	t := supportTables
	view.Rows = []SupportRow{
		{Sentence{"出ているもの", "Shown"}, t.tier[state.Tier]}, {Sentence{"作ってからの時間", "Age"}, t.age[state.Age]}, {Sentence{"通信", "Network"}, t.network[state.Network]},
		{Sentence{"電波がないときの画面", "Screen without network"}, t.stored[state.Stored]}, {Sentence{"端末の時計", "Clock"}, t.clock[state.Clock]}, {Sentence{"ブラウザ", "Browser"}, t.browser[state.Browser]},
		{Sentence{"しまったデータ", "Kept data"}, t.persisted[state.Persisted]}, {Sentence{"最後のエラー", "Last error"}, t.failure[state.Error]},
	}
	view.Next = supportNext(state)
	return s.Show(c, http.StatusOK, "support", view)
}

// supportNext says what a patient in this state should do, the most useful first.
func supportNext(s insurer.SupportState) []Sentence {
	var next []Sentence
	add := func(when bool, ja, en string) {
		if when {
			next = append(next, Sentence{ja, en})
		}
	}
	const lost, noChars, over, ended = 3, 4, 7, 8
	nothing := s.Tier == 0
	add(nothing && s.Error == lost, "資格が終わっています。新しい保険者のお知らせで登録し直してもらってください。心当たりがないときは、加入の記録を確かめます。", "The eligibility has ended: enrol with the new insurer's notice. Check the record where the patient disagrees.")
	add(nothing && s.Error == noChars, "登録された氏名などに、コードに入れられない文字があります。記録を確かめ、それまでは紙のお知らせを使ってもらってください。", "The record holds characters that fit no code. Check it; until then the paper notice serves.")
	add(nothing && (s.Error == over || s.Error == ended || s.Error == 2), "「ログインする」を押し、マイナンバーカードでもう一度ログインしてもらってください。", "Press “Log in” and log in again with the My Number card.")
	add(s.Tier == 3, "「番号で伝える」を押して8文字を受付に伝えるか、ファイルか紙のお知らせを使ってもらってください。", "Tell the eight characters of “Tell a number instead”, or use the file or the paper notice.")
	add(nothing && s.Network == 1, "電波のある所（Wi-Fi など）へ移って、画面を開き直してもらってください。受付の前なら、保存した写し（PDF）か紙のお知らせをカードといっしょに見せます。", "Move to where there is network and open the screen again. At a counter the saved copy (PDF) or the paper notice serves, with the card.")
	add(nothing && s.Network == 2, "画面を閉じて開き直してもらってください。なおらないときは、保存した写し（PDF）か紙のお知らせをカードといっしょに見せます。", "Close the screen and open it again. If that does not help, show the saved copy (PDF) or the paper notice with the card.")
	add(s.Error == 10, "こちらのサーバーの不具合です。システムの担当者に知らせてください。", "The fault is our server's: tell whoever runs it.")
	add(s.Clock != 0, "端末の設定で、日付と時刻を「自動」にしてもらってください。時計がずれていると、受付で古いコードと見なされることがあります。", "Have date and time set to automatic: a wrong clock can make a code look old.")
	add(s.Tier == 2, "2つのコードを続けて読み取ってもらうよう伝えてください。電波のある所では、ふつうのコードに戻ります。", "Both codes must be scanned, one after the other. Where there is network the usual code returns.")
	add(s.Browser == 8, "LINE などの中では動かないことがあります。Safari か Chrome で開き直してもらってください。", "Within another app it may fail: open it in Safari or Chrome.")
	add(!nothing && s.Stored == 0, "電波がないときの画面がまだありません。電波のある所で、画面を1分ほど開いたままにしてもらってください。", "No screen is kept for the time without network: leave it open for a minute where there is network.")
	add(len(next) == 0 && nothing, "画面を開き直してもらってください。なおらないときは、もう一度ログインしてもらいます。", "Open the screen again; if that does not help, log in again.")
	add(len(next) == 0, "画面は正しく動いています。受付で読めないときは「大きく見せる」と明るさ、それでもだめなら「番号で伝える」を案内してください。", "The screen works. If a counter cannot read it: “Show larger” and the brightness, then “Tell a number instead”.")
	return next
}
