package eligibility

// MailTo returns where a person's papers are sent: 送付先 where there is one, else 住所. The address of somebody
// whose data are withheld (不開示, DV and the like) is never used: without a 送付先 both are empty.
func (p Person) MailTo() (postCode, address string) {
	switch {
	case p.MailAddress != "":
		return p.MailPostCode, p.MailAddress
	case p.Withheld == Yes:
		return "", ""
	}
	return p.PostCode, p.Address
}
