package web

import "testing"

// A case without one of our screens stands in the day's list by the name that staff typed, and its record
// says in words what was checked.
func TestARecordWithoutAScreenNamesWhoAndWhat(t *testing.T) {
	h := newTestApp(t)
	h.atCounter(t)
	way := h.onTheList(t)
	paper := h.openPaper(t, noticeBody()).ID
	h.ends(t, paper, map[string]string{"outcome": "accepted", "reason": "職員が知る人"})
	holds(t, h.page(t, "/counter/records"), []string{"試験 花子", "昭和63年11月30日", "髙橋 德一"},
		[]string{"氏名のわからない件"})
	holds(t, h.page(t, "/counter/records/"+way), []string{"試験 花子", "障害の間の控え"},
		[]string{"氏名のわからない件", "：list"})
	holds(t, h.page(t, "/counter/records/"+paper), []string{"署名なし・職員が見て確認"}, []string{"seen"})
}
