package message

import (
	"testing"
	"time"
)

func TestAWaitIsNeverSaidTooShort(t *testing.T) {
	for _, c := range []struct {
		wait   time.Duration
		ja, en string
	}{
		{0, "1秒", "1 second"},
		{time.Millisecond, "1秒", "1 second"},
		{time.Second, "1秒", "1 second"},
		{1001 * time.Millisecond, "2秒", "2 seconds"},
		{59*time.Second + time.Nanosecond, "60秒", "60 seconds"},
		{90 * time.Second, "90秒", "90 seconds"},
		{91 * time.Second, "2分", "2 minutes"},
		{2 * time.Minute, "2分", "2 minutes"},
		{10*time.Minute - time.Second, "10分", "10 minutes"},
		{90 * time.Minute, "90分", "90 minutes"},
		{91 * time.Minute, "2時間", "2 hours"},
	} {
		t.Run(c.wait.String(), func(t *testing.T) {
			if ja, en := Wait(c.wait).In("ja"), Wait(c.wait).In("en"); ja != c.ja || en != c.en {
				t.Errorf("%s, %s; want %s, %s", ja, en, c.ja, c.en)
			}
		})
	}
}
