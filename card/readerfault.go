package card

import (
	"madoguchi/eligibility"
)

// Troubles of a PC's readers, as package card/pcsc finds them. They stand here so that a server knows their sentences without
// linking the library of the readers. None is about the card's holder.
var (
	ErrReaderShared = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.shared",
		Ja: "ほかのプログラムがカードを使っています。利用者クライアントソフトなどを閉じて、もう一度確認してください。",
		En: "Another program is using the card. Close it (the JPKI client software, for example) and check again."}
	ErrReaderService = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.service",
		Ja: "カードリーダーを動かすサービスが止まっています。リーダーをつなぎ直してください。続くときはパソコンを再起動してください。",
		En: "The smart card service is not running. Plug the reader in again; if it persists, restart the computer."}
	ErrReaderLost = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.lost",
		Ja: "カードリーダーとの接続が途中で切れました。カードを置いたまま、もう一度確認してください。",
		En: "The connection to the card reader was lost. Leave the card there and check again."}
	ErrReaderUnplugged = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.unplugged",
		Ja: "確認の途中でカードリーダーが外れました。つなぎ直して、もう一度確認してください。",
		En: "The card reader was unplugged during the check. Plug it in and check again."}
	ErrReaderReset = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.reset",
		Ja: "ほかのプログラムがカードの通信をやり直しました。カードを使うほかのプログラムを閉じて、もう一度確認してください。",
		En: "Another program reset the card. Close other programs that use cards and check again."}
	ErrReaderMute = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.mute",
		Ja: "カードを読み取れません。カードの向きと位置を直し、スマホやケースは外して、もう一度確認してください。",
		En: "The card does not answer. Turn or move it, take away phone and case, and check again."}
	ErrReaderChoice = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.choice",
		Ja: "選んであるカードリーダーが見つかりません。つなぎ直すか、使うリーダーを選び直してください。",
		En: "The chosen card reader was not found. Plug it in, or choose another one."}
	ErrReaderHung = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.hung",
		Ja: "カードリーダーを動かすサービスが返事をしません。リーダーを抜き差ししてください。続くときはパソコンを再起動してください。",
		En: "The smart card service does not answer. Unplug the reader and plug it in; if it persists, restart the computer."}
	ErrReaderAccess = &eligibility.Error{Code: eligibility.Denied, Key: "reader.access",
		Ja: "この利用者にはカードリーダーの使用が許可されていません。パソコンの管理者に、pcscd の許可（polkit）の設定を頼んでください。",
		En: "This user may not use card readers. Ask the computer's administrator to allow it (polkit rule for pcscd)."}
	ErrReaderLibrary = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.library",
		Ja: "カードリーダーを使うための部品（libpcsclite）がありません。pcscd を入れてください（例: apt install pcscd）。",
		En: "The library for card readers (libpcsclite) is missing. Install pcscd (for example: apt install pcscd)."}
	ErrReaderSystem = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.system",
		Ja: "このパソコンの種類ではカードリーダーを使えません。Windows か Linux（64ビット）のパソコンを使ってください。",
		En: "Card readers are not supported on this system. Use Windows, or 64-bit Linux."}
	ErrReaderFault = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.fault",
		Ja: "カードリーダーがうまく動きません。リーダーをつなぎ直して、もう一度確認してください。",
		En: "The card reader is not working properly. Plug it in again and check again."}
)

// readerFaults are all of them.
var readerFaults = []*eligibility.Error{ErrReaderShared, ErrReaderService, ErrReaderLost, ErrReaderUnplugged, ErrReaderReset, ErrReaderMute, ErrReaderChoice, ErrReaderHung, ErrReaderAccess, ErrReaderLibrary, ErrReaderSystem, ErrReaderFault}
