package clerk

import (
	"madoguchi/server/insurer"
	"madoguchi/server/web/kit"
)

func insurerView(in insurer.Insurer) kit.InsurerView {
	return kit.InsurerView{
		Name:          in.Name,
		Issuer:        in.Issuer,
		Telephone:     in.Telephone,
		NumberOnPaper: in.Number.Paper(),
		Number:        string(in.Number),
	}
}
