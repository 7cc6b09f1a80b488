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

// readers are the troubles of card/pcsc by key. That package talks to the system's card service and must not come into the
// server, so their sentences stand here a second time; a test compares them.
var readers = []*eligibility.Error{
	{Code: eligibility.Unavailable, Key: "reader.shared",
		Ja: "ほかのプログラムがカードを使っています。利用者クライアントソフトなどを閉じて、もう一度確認してください。",
		En: "Another program is using the card. Close it (the JPKI client software, for example) and check again."},
	{Code: eligibility.Unavailable, Key: "reader.service",
		Ja: "カードリーダーを動かすサービスが止まっています。リーダーをつなぎ直してください。続くときはパソコンを再起動してください。",
		En: "The smart card service is not running. Plug the reader in again; if it persists, restart the computer."},
	{Code: eligibility.Unavailable, Key: "reader.lost",
		Ja: "カードリーダーとの接続が途中で切れました。カードを置いたまま、もう一度確認してください。",
		En: "The connection to the card reader was lost. Leave the card there and check again."},
	{Code: eligibility.Unavailable, Key: "reader.unplugged",
		Ja: "確認の途中でカードリーダーが外れました。つなぎ直して、もう一度確認してください。",
		En: "The card reader was unplugged during the check. Plug it in and check again."},
	{Code: eligibility.Unavailable, Key: "reader.reset",
		Ja: "ほかのプログラムがカードの通信をやり直しました。カードを使うほかのプログラムを閉じて、もう一度確認してください。",
		En: "Another program reset the card. Close other programs that use cards and check again."},
	{Code: eligibility.Unavailable, Key: "reader.mute",
		Ja: "カードを読み取れません。カードの向きと位置を直し、スマホやケースは外して、もう一度確認してください。",
		En: "The card does not answer. Turn or move it, take away phone and case, and check again."},
	{Code: eligibility.Unavailable, Key: "reader.choice",
		Ja: "選んであるカードリーダーが見つかりません。つなぎ直すか、使うリーダーを選び直してください。",
		En: "The chosen card reader was not found. Plug it in, or choose another one."},
	{Code: eligibility.Unavailable, Key: "reader.hung",
		Ja: "カードリーダーを動かすサービスが返事をしません。リーダーを抜き差ししてください。続くときはパソコンを再起動してください。",
		En: "The smart card service does not answer. Unplug the reader and plug it in; if it persists, restart the computer."},
	{Code: eligibility.Denied, Key: "reader.access",
		Ja: "この利用者にはカードリーダーの使用が許可されていません。パソコンの管理者に、pcscd の許可（polkit）の設定を頼んでください。",
		En: "This user may not use card readers. Ask the computer's administrator to allow it (polkit rule for pcscd)."},
	{Code: eligibility.Unavailable, Key: "reader.library",
		Ja: "カードリーダーを使うための部品（libpcsclite）がありません。pcscd を入れてください（例: apt install pcscd）。",
		En: "The library for card readers (libpcsclite) is missing. Install pcscd (for example: apt install pcscd)."},
	{Code: eligibility.Unavailable, Key: "reader.system",
		Ja: "このパソコンの種類ではカードリーダーを使えません。Windows か Linux（64ビット）のパソコンを使ってください。",
		En: "Card readers are not supported on this system. Use Windows, or 64-bit Linux."},
	{Code: eligibility.Unavailable, Key: "reader.fault",
		Ja: "カードリーダーがうまく動きません。リーダーをつなぎ直して、もう一度確認してください。",
		En: "The card reader is not working properly. Plug it in again and check again."},
}

// Fault returns the error that a reply's key stands for; a key that nobody knows is a card's unexpected answer.
func Fault(key string) error {
	for _, list := range [][]*eligibility.Error{{ErrBusy, ErrRequest, ErrNoOQS, ErrOQSFolder, ErrOQSOld, ErrOQSFile}, readers} {
		for _, e := range list {
			if e.Key == key {
				return e
			}
		}
	}
	return card.KnownFault(key)
}
