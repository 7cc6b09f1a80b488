package listen

import (
	"net"

	"madoguchi/eligibility"
	"madoguchi/message"
)

var errListen = &eligibility.Error{Code: eligibility.Unavailable, Key: "settings.listen"}

// On listens at a TCP address, host:port, that a setting names. It returns an *eligibility.Error that names
// both where that is not to be had: another program listens there, or the port needs a right.
func On(address, setting string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errListen.In(setting).With(message.Args{
			"address": message.Text(address),
			"setting": message.Text(setting),
		}).Because(err)
	}
	return listener, nil
}
