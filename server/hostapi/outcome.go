package hostapi

// Outcome is how a case ended. The zero value means it is still open.
type Outcome string

const (
	Open     Outcome = ""
	Accepted Outcome = "accepted" // 受け付けた
	Refused  Outcome = "refused"  // この方法では受け付けなかった
	Parked   Outcome = "parked"   // 会計まで保留
)

// Ground is what stood behind the acceptance of a case. A genuine screen says who is insured; that the person
// at the counter is the one needs one of these besides (保発0710第1号: the screen is shown together with the
// card).
type Ground string

const (
	ByChip   Ground = "chip"   // the card's chip answered, and its birth date is the screen's
	ByEye    Ground = "eye"    // 目視確認: photo, name and birth date were all compared
	ByReason Ground = "reason" // neither; staff say why for this case
)
