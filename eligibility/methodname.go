package eligibility

import (
	"strings"

	"madoguchi/message"
)

// MethodName is what a way is called, by its code, whatever the day.
func MethodName(code MethodCode) message.Message {
	return message.New("rule."+strings.ToLower(string(code))+".name", nil)
}
