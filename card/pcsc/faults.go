package pcsc

import (
	"errors"

	"madoguchi/card"
	"madoguchi/eligibility"
)

// Troubles with readers, beyond those that package card declares (no card, no reader, removed, no answer in time). Each
// says what to do next; none is about the card's holder.
var (
	ErrShared = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.shared",
		Ja: "ほかのプログラムがカードを使っています。利用者クライアントソフトなどを閉じて、もう一度確認してください。",
		En: "Another program is using the card. Close it (the JPKI client software, for example) and check again."}
	ErrService = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.service",
		Ja: "カードリーダーを動かすサービスが止まっています。リーダーをつなぎ直してください。続くときはパソコンを再起動してください。",
		En: "The smart card service is not running. Plug the reader in again; if it persists, restart the computer."}
	ErrLost = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.lost",
		Ja: "カードリーダーとの接続が途中で切れました。カードを置いたまま、もう一度確認してください。",
		En: "The connection to the card reader was lost. Leave the card there and check again."}
	ErrUnplugged = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.unplugged",
		Ja: "確認の途中でカードリーダーが外れました。つなぎ直して、もう一度確認してください。",
		En: "The card reader was unplugged during the check. Plug it in and check again."}
	ErrReset = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.reset",
		Ja: "ほかのプログラムがカードの通信をやり直しました。カードを使うほかのプログラムを閉じて、もう一度確認してください。",
		En: "Another program reset the card. Close other programs that use cards and check again."}
	ErrMute = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.mute",
		Ja: "カードを読み取れません。カードの向きと位置を直し、スマホやケースは外して、もう一度確認してください。",
		En: "The card does not answer. Turn or move it, take away phone and case, and check again."}
	ErrChoice = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.choice",
		Ja: "選んであるカードリーダーが見つかりません。つなぎ直すか、使うリーダーを選び直してください。",
		En: "The chosen card reader was not found. Plug it in, or choose another one."}
	ErrHung = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.hung",
		Ja: "カードリーダーを動かすサービスが返事をしません。リーダーを抜き差ししてください。続くときはパソコンを再起動してください。",
		En: "The smart card service does not answer. Unplug the reader and plug it in; if it persists, restart the computer."}
	ErrAccess = &eligibility.Error{Code: eligibility.Denied, Key: "reader.access",
		Ja: "この利用者にはカードリーダーの使用が許可されていません。パソコンの管理者に、pcscd の許可（polkit）の設定を頼んでください。",
		En: "This user may not use card readers. Ask the computer's administrator to allow it (polkit rule for pcscd)."}
	ErrLibrary = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.library",
		Ja: "カードリーダーを使うための部品（libpcsclite）がありません。pcscd を入れてください（例: apt install pcscd）。",
		En: "The library for card readers (libpcsclite) is missing. Install pcscd (for example: apt install pcscd)."}
	ErrSystem = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.system",
		Ja: "このパソコンの種類ではカードリーダーを使えません。Windows か Linux（64ビット）のパソコンを使ってください。",
		En: "Card readers are not supported on this system. Use Windows, or 64-bit Linux."}
	ErrReader = &eligibility.Error{Code: eligibility.Unavailable, Key: "reader.fault",
		Ja: "カードリーダーがうまく動きません。リーダーをつなぎ直して、もう一度確認してください。",
		En: "The card reader is not working properly. Plug it in again and check again."}
)

// Faults lists every trouble that this package reports, so that a program which receives a key can show its sentence.
func Faults() []*eligibility.Error {
	return []*eligibility.Error{ErrShared, ErrService, ErrLost, ErrUnplugged, ErrReset, ErrMute, ErrChoice, ErrHung, ErrAccess,
		ErrLibrary, ErrSystem, ErrReader, card.ErrNoCard, card.ErrNoReader, card.ErrRemoved, card.ErrTimeout}
}

var faultOf = map[code]*eligibility.Error{
	codeSharing: ErrShared, codeTooBusy: ErrShared,
	codeNoService: ErrService, codeServiceStopped: ErrService, codeWinBrokenPipe: ErrService,
	codeComm: ErrLost, codeShutdown: ErrLost, codeInvalidHandle: ErrLost, codeWinInvalidHandle: ErrLost,
	codeSystemCancelled: ErrLost, codeCancelled: ErrLost,
	codeNoReaders: card.ErrNoReader, codeUnknownReader: ErrUnplugged, codeReaderUnavailable: ErrUnplugged,
	codeNoCard: card.ErrNoCard, codeRemoved: card.ErrRemoved, codeReset: ErrReset,
	codeUnresponsive: ErrMute, codeUnpowered: ErrMute, codeProtocol: ErrMute, codeUnsupportedCard: ErrMute,
	codeUnknownCard: ErrMute, codeNotReady: ErrMute,
	codeTimeout:  card.ErrTimeout,
	codeSecurity: ErrAccess, codeNoAccess: ErrAccess,
}

// fault gives an error of the library its sentence; one that has a sentence already is returned as it is.
func fault(err error) error {
	if err == nil {
		return nil
	}
	var said *eligibility.Error
	if errors.As(err, &said) {
		return err
	}
	var c code
	if errors.As(err, &c) && faultOf[c] != nil {
		return faultOf[c].Because(err)
	}
	return ErrReader.Because(err)
}

// sentence returns the sentence of an error that fault has seen.
func sentence(err error) *eligibility.Error {
	var e *eligibility.Error
	if errors.As(fault(err), &e) {
		return e
	}
	return ErrReader
}

// passing reports whether a trouble may be over in a moment, so that connecting is worth another try.
func passing(err error) bool {
	for _, e := range []*eligibility.Error{ErrShared, ErrService, ErrLost, ErrUnplugged} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
