package listen

import (
	"errors"
	"net"

	"madoguchi/eligibility"
	"madoguchi/message"
)

var errListen = &eligibility.Error{
	Code:  eligibility.Unavailable,
	Key:   "settings.listen",
	Field: "MADOGUCHI_ADDR",
}

// Of names the setting whose address On could not have.
func Of(setting string, err error) error {
	var refused *eligibility.Error
	if errors.As(err, &refused) {
		return refused.In(setting)
	}
	return err
}

// On listens at a TCP address, host:port. It returns an *eligibility.Error that names the address where that
// is not to be had: another program listens there, or the port needs a right.
func On(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errListen.With(message.Args{"address": message.Text(address)}).Because(err)
	}
	return listener, nil
}
