package wire

import (
	"madoguchi/card"
	"madoguchi/eligibility"
)

// Faults of the agent's own work, which it names by their keys.
var (
	// ErrBusy: the agent works on another operation.
	ErrBusy = &eligibility.Error{Code: eligibility.Conflict, Key: "bridge.busy",
		Ja: "リーダーは別の確認をしています。終わってからもう一度押してください。",
		En: "The reader is busy with another check. Try again when it has finished."}
	// ErrRequest: the operation is not for this agent, or its numbers have the wrong length.
	ErrRequest = &eligibility.Error{Code: eligibility.Unavailable, Key: "bridge.request",
		Ja: "リーダーのパソコンが、この問い合わせを受け付けませんでした。リーダーをつなぎ直してください。",
		En: "The reader's computer refused this request. Connect the reader again."}
	// ErrNoOQS: no OQS folder is set on the agent's PC.
	ErrNoOQS = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.none",
		Ja: "リーダーのパソコンに、オンライン資格確認の結果フォルダーが設定されていません。管理者に設定を頼んでください。",
		En: "No folder of online eligibility answers is set on the reader's computer. Ask the administrator to set it."}
	// ErrOQSFolder: the folder cannot be read.
	ErrOQSFolder = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.folder",
		Ja: "オンライン資格確認の結果フォルダーを開けません。資格確認端末とつながっているか確かめてください。",
		En: "The folder of online eligibility answers cannot be opened. Check the connection to the terminal."}
	// ErrOQSOld: there is no answer file younger than ten minutes.
	ErrOQSOld = &eligibility.Error{Code: eligibility.NotFound, Key: "oqs.no_file",
		Ja: "10分以内のオンライン資格確認の結果がありません。資格確認をしてから、もう一度押してください。",
		En: "There is no online eligibility answer from the last ten minutes. Run the confirmation, then press again."}
	// ErrOQSFile: the newest file cannot be read, or holds an error or no result.
	ErrOQSFile = &eligibility.Error{Code: eligibility.Unavailable, Key: "oqs.file",
		Ja: "いちばん新しいオンライン資格確認の結果を読み取れません。資格確認をやり直してから、もう一度押してください。",
		En: "The newest online eligibility answer cannot be read. Run the confirmation again, then press again."}
)

// Fault returns the error that a reply's key stands for, one of these or of package card's; a key that nobody
// knows is a card's unexpected answer.
func Fault(key string) error {
	for _, e := range []*eligibility.Error{ErrBusy, ErrRequest, ErrNoOQS, ErrOQSFolder, ErrOQSOld, ErrOQSFile} {
		if e.Key == key {
			return e
		}
	}
	return card.KnownFault(key)
}
