package eligibility

// Setback is why a visit went without マイナ保険証.
type Setback string

const (
	SetbackReader  Setback = "reader"  // the official reader did not read the card
	SetbackForgot  Setback = "forgot"  // the card was left at home: the notice or a phone alone
	SetbackPIN     Setback = "pin"     // 暗証番号 unknown or locked
	SetbackPinless Setback = "pinless" // 顔認証マイナンバーカード whose face check failed
	SetbackExpired Setback = "expired" // the certificate (電子証明書) had ended
	SetbackLost    Setback = "lost"    // the card is lost or on its way
)

// AllSetbacks lists every Setback in the order in which people are asked.
var AllSetbacks = [...]Setback{
	SetbackReader,
	SetbackForgot,
	SetbackPIN,
	SetbackPinless,
	SetbackExpired,
	SetbackLost,
}

// BringNext returns what makes the next visit sure even where the card cannot be read (令和6年厚生労働省告示351号;
// docs/facts/eligibility-methods.md#notice-with-the-card): the card with the notice, or for a card that
// is not at hand the certificate of eligibility, which stands alone. An unknown setback is answered as
// SetbackReader. instead is what may take the notice's place, "" for none: who cannot log in any more
// has no new screen.
func BringNext(why Setback) (items []Item, instead Item) {
	switch why {
	case SetbackLost:
		return []Item{ItemCertificate}, ""
	case SetbackPIN, SetbackPinless:
		return []Item{ItemCard, ItemNotice}, ""
	case SetbackExpired:
		return []Item{ItemCard, ItemNotice}, ItemInsurerPDF
	}
	return []Item{ItemCard, ItemNotice}, ItemInsurerScreen
}
