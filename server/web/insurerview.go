package web

import (
	"madoguchi/server/insurer"
)

func insurerView(in insurer.Insurer) InsurerView {
	return InsurerView{Name: in.Name, Issuer: in.Issuer, Telephone: in.Telephone, NumberOnPaper: in.Number.Paper(), Number: string(in.Number)}
}
