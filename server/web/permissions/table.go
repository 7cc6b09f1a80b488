package permissions

// Table returns every route of the program. Who adds one adds its row here, in the group of what must run.
func Table() []Row {
	var all []Row
	for _, group := range groups {
		for _, row := range group.rows {
			row.In = group.in
			all = append(all, row)
		}
	}
	return all
}

var groups = []struct {
	in   Part
	rows []Row
}{
	{0, []Row{
		{Route: "GET /", Who: Public, Ja: "入口"},
		{Route: "GET /static/*", Who: Public, Ja: "画面の部品（スタイル・プログラム・字形）"},
		{Route: "GET /healthz", Who: Public, Marks: Program, Ja: "プログラムの生存", En: "the program runs"},
		{Route: "GET /readyz", Who: Public, Marks: Program, Ja: "データベースの応答", En: "the database answers"},
		{Route: "GET /reception", Who: Public, Ja: "患者の画面を見た受付向けの説明"},
		{Route: "GET /reception/source.png", Who: Public, Ja: "その根拠のアドレスの二次元コード"},
		{Route: "GET /visit", Who: Public, Ja: "受診日チェック"},
		{Route: "POST /visit", Who: Public, Ja: "受診日チェックの答え（保存なし）"},
	}},

	{InsurerHalf, []Row{
		// before a login
		{Route: "GET /n/:code", Who: Public, Of: OwnVisit, Ja: "お知らせの二次元コードのアドレス"},
		{Route: "GET /d/:code", Who: Public, Of: OwnVisit, Ja: "保険者の窓口の二次元コードのアドレス"},
		{Route: "GET /notice", Who: Public, Of: OwnVisit, Ja: "お知らせの入口"},
		{Route: "GET /r/:code", Who: Public, Of: OwnVisit, Ja: "代理の方の二次元コードのアドレス"},
		{Route: "GET /represent", Who: Public, Of: OwnVisit, Ja: "代理の方の登録の入口"},
		{Route: "POST /represent/code", Who: Public, Of: OwnVisit, Ja: "代理の方のコードの入力"},
		{Route: "POST /represent", Who: Patient, Of: OwnVisit, Ja: "代理の方の登録"},
		{Route: "GET /settings", Who: Public, Of: OwnVisit, Ja: "表示の設定"},
		{Route: "POST /settings", Who: Public, Of: OwnVisit, Ja: "表示の設定の保存"},
		{Route: "GET /certificate", Who: Public, Ja: "電子証明書の期限の案内"},
		{Route: "GET /certificate.ics", Who: Public, Ja: "電子証明書の期限のカレンダー"},
		{Route: "GET /next", Who: Public, Ja: "次に持って行くもの"},
		{Route: "GET /declaration.pdf", Who: Public, Ja: "白紙の被保険者資格申立書"},
		{Route: "GET /c/:code", Who: Public, Ja: "オンラインコードを普通のカメラで開いた人への説明"},
		{Route: "GET /C/:code", Who: Public, Ja: "同じ（大文字のアドレス）"},
		{Route: "GET /screen", Who: Public, Ja: "画面の枠（誰にも同じ）"},
		{Route: "GET /manifest.webmanifest", Who: Public, Ja: "ホーム画面に置くための記述"},
		{Route: "GET /sw.js", Who: Public, Ja: "通信なしで開くためのプログラム"},

		// login
		{Route: "GET /login", Who: Public, Of: OwnVisit, Ja: "ログインの開始"},
		{Route: "GET /login/callback", Who: Public, Of: OwnVisit, Ja: "ログインの戻り先"},
		{Route: "GET /login/help", Who: Public, Ja: "ログインできないとき"},
		{Route: "GET /login/wait", Who: Public, Of: OwnVisit, Ja: "ほかのブラウザに戻ったログインを待つ画面"},
		{Route: "POST /login/wait", Who: Public, Of: OwnVisit, Ja: "待ち終えたログインの続き"},
		{
			Route: "GET /api/v1/login", Who: Public, Of: OwnVisit,
			Ja: "待っているログインの状態", En: "the state of a login that waits",
		},
		{Route: "GET /login/elsewhere", Who: Public, Of: OwnVisit, Ja: "もとの画面の番号を入れる画面"},
		{Route: "POST /login/elsewhere", Who: Public, Of: OwnVisit, Ja: "もとの画面の番号"},
		{Route: "POST /logout", Who: Public, Of: OwnVisit, Ja: "ログアウト"},
		{Route: "GET /enrol", Who: Patient, Of: OwnVisit, Ja: "お知らせのコードの入力"},
		{Route: "POST /enrol", Who: Patient, Of: OwnVisit, Ja: "お知らせのコードによる登録"},

		// the screen, and what it gives out
		{
			Route: "GET /api/v1/me", Who: Public | Patient | Device, Of: OwnPeople,
			Ja: "この端末が見せてよい人（知らない端末には空）", En: "whom this browser may show; nobody where it is not known",
		},
		{
			Route: "POST /api/v1/people/:id/credential", Who: Patient | Device, Of: OwnPeople,
			Ja: "資格の画面の発行", En: "makes a screen of a person",
		},
		{Route: "GET /people/:id/document.pdf", Who: Patient | Device, Of: OwnPeople, Ja: "資格情報のPDF"},
		{Route: "GET /people/:id/masked.pdf", Who: Patient | Device, Of: OwnPeople, Ja: "番号を伏せたPDF"},
		{Route: "GET /people/:id/insert.pdf", Who: Patient | Device, Of: OwnPeople, Ja: "カードケース用の紙"},
		{
			Route: "GET /people/:id/screen.smart-health-card", Who: Patient | Device, Of: OwnPeople,
			Ja: "画面のファイル",
		},
		{
			Route: "GET /people/:id/name.ttf", Who: Patient | Device, Of: OwnPeople, Marks: Program,
			Ja: "氏名の字形", En: "the font of a person's name",
		},

		// phones, receipts, online codes
		{
			Route: "POST /api/v1/phone/nonce", Who: Public, Of: OwnVisit,
			Ja: "端末が署名する値", En: "what a phone signs",
		},
		{
			Route: "POST /api/v1/phone/session", Who: Public, Of: OwnVisit,
			Ja: "端末の鍵による開始", En: "a phone comes back by its key",
		},
		{
			Route: "POST /api/v1/phone/wipe", Who: Public | Patient | Device, Of: OwnVisit,
			Ja: "この端末からの消去", En: "ends everything that this browser may show",
		},
		{
			Route: "PUT /api/v1/phone", Who: Patient, Of: OwnVisit,
			Ja: "受付の控えを受け取る鍵", En: "the key that receipts are sealed to",
		},
		{
			Route: "PUT /api/v1/phone/holder", Who: Patient, Of: OwnVisit,
			Ja: "端末の鍵の登録", En: "adds this phone's key",
		},
		{
			Route: "POST /api/v1/phones/:phone/end", Who: Patient, Of: OwnVisit,
			Ja: "自分の端末を止める", En: "ends a phone of the login",
		},
		{
			Route: "POST /api/v1/people/:id/representatives/:login/end", Who: Patient, Of: OwnPeople,
			Ja: "代理を終わりにする", En: "ends a representative of the login's own person",
		},
		{
			Route: "POST /api/v1/me/erase", Who: Patient, Of: OwnVisit,
			Ja: "自分のログインの消去", En: "erases the login",
		},
		{
			Route: "POST /api/v1/people/:id/remove", Who: Patient | Device, Of: OwnPeople,
			Ja: "この端末から1人を外す", En: "takes a person off this phone",
		},
		{
			Route: "GET /api/v1/receipts", Who: Patient | Device, Of: OwnPeople,
			Ja: "受付の控え", En: "receipts for this phone",
		},
		{
			Route: "POST /api/v1/people/:id/code", Who: Patient | Device, Of: OwnPeople,
			Ja: "オンラインコードの発行", En: "makes an online code",
		},
		{
			Route: "GET /api/v1/people/:id/code", Who: Patient | Device, Of: OwnPeople,
			Ja: "どの医療機関が求めているか", En: "which facility asks to look",
		},
		{
			Route: "POST /api/v1/people/:id/code/answer", Who: Patient | Device, Of: OwnPeople,
			Ja: "求めへの返事", En: "the patient's yes or no",
		},

		// other servers
		{
			Route: "GET /i/:insurer/.well-known/jwks.json", Who: Public,
			Ja: "保険者の公開鍵", En: "an insurer's keys",
		},
		{
			Route: "GET /i/:insurer/.well-known/keys.jwt", Who: Public,
			Ja: "次の鍵への裏書き", En: "what the keys say of those after them",
		},
		{
			Route: "GET /i/:insurer/.well-known/crl/:file", Who: Public,
			Ja: "失効の一覧（SMART Health Cards）", En: "the revocation list of one key",
		},
		{
			Route: "GET /i/:insurer/status.jwt", Who: Public,
			Ja: "失効の一覧", En: "the signed list of revoked copies",
		},
		{Route: "GET /i/:insurer/time.jwt", Who: Public, Ja: "署名した時刻", En: "the signed time"},
		{
			Route: "GET /api/v1/counters", Who: Public,
			Ja: "信頼リストの受付の一覧", En: "the counter servers of the trust list",
		},
		{
			Route: "POST /i/:insurer/code", Who: Host, Of: Shown,
			Ja: "オンラインコードの引き換え", En: "the screen of an online code",
		},
		{
			Route: "POST /i/:insurer/receipt/keys", Who: Host, Of: Shown,
			Ja: "控えを封じる鍵", En: "the phones' keys for a receipt",
		},
		{
			Route: "POST /i/:insurer/receipt", Who: Host, Of: Shown,
			Ja: "控えの預け入れ", En: "leaves sealed receipts",
		},

		// the insurer's staff
		{Route: "GET /insurer", Who: InsurerClerk, Of: OwnOrganisation, Ja: "被保険者の検索と一覧"},
		{Route: "GET /insurer/sample.csv", Who: InsurerClerk, Ja: "取り込みファイルの見本"},
		{Route: "GET /insurer/support", Who: InsurerClerk, Ja: "問い合わせ番号の読み方"},
		{Route: "POST /insurer/import", Who: InsurerClerk, Of: OwnOrganisation, Ja: "ファイルの送信"},
		{Route: "GET /insurer/imports/:id", Who: InsurerClerk, Of: OwnOrganisation, Ja: "送ったファイルの確認"},
		{Route: "GET /insurer/imports/:id/headings", Who: InsurerClerk, Of: OwnOrganisation, Ja: "見出しの意味"},
		{
			Route: "POST /insurer/imports/:id/headings", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "見出しの意味の保存",
		},
		{Route: "POST /insurer/imports/:id/store", Who: InsurerClerk, Of: OwnOrganisation, Ja: "取り込みの実行"},
		{Route: "POST /insurer/imports/:id/drop", Who: InsurerClerk, Of: OwnOrganisation, Ja: "取り込みの中止"},
		{
			Route: "GET /insurer/imports/:id/errors.csv", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "取り込めない行のファイル",
		},
		{Route: "GET /insurer/people/:id", Who: InsurerClerk, Of: OwnOrganisation, Ja: "被保険者1人の記録"},
		{Route: "GET /insurer/people/:id/notice", Who: InsurerClerk, Of: OwnOrganisation, Ja: "お知らせのコード"},
		{
			Route: "GET /insurer/people/:id/notice.png", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "お知らせの二次元コード",
		},
		{Route: "GET /insurer/people/:id/notice.pdf", Who: InsurerClerk, Of: OwnOrganisation, Ja: "お知らせの紙"},
		{
			Route: "GET /insurer/people/:id/certificate.pdf", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "資格確認書",
		},
		{
			Route: "POST /insurer/people/:id/certificate.pdf", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "理由を付けた資格確認書",
		},
		{
			Route: "GET /insurer/people/:id/insert.pdf", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "カードケース用の紙",
		},
		{Route: "GET /insurer/people/:id/reissue", Who: InsurerClerk, Of: OwnOrganisation, Ja: "再発行の確認"},
		{Route: "POST /insurer/people/:id/reissue", Who: InsurerClerk, Of: OwnOrganisation, Ja: "再発行"},
		{
			Route: "GET /insurer/people/:id/revoke", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "全失効の確認",
		},
		{
			Route: "POST /insurer/people/:id/revoke", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "1人の写しの全失効",
		},
		{
			Route: "GET /insurer/people/:id/copies/:rid/revoke", Who: InsurerClerk, Of: OwnOrganisation,
			Marks: Fresh, Ja: "写し1枚の失効の確認",
		},
		{
			Route: "POST /insurer/people/:id/copies/:rid/revoke", Who: InsurerClerk, Of: OwnOrganisation,
			Marks: Fresh, Ja: "写し1枚の失効",
		},
		{
			Route: "GET /insurer/people/:id/logins/:login/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "ログインを切る確認",
		},
		{
			Route: "POST /insurer/people/:id/logins/:login/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "ログインの切断",
		},
		{
			Route: "GET /insurer/people/:id/phones/:phone/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "端末1台を止める確認",
		},
		{
			Route: "POST /insurer/people/:id/phones/:phone/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "端末1台の停止",
		},
		{
			Route: "GET /insurer/people/:id/phones/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "全端末を止める確認",
		},
		{
			Route: "POST /insurer/people/:id/phones/end", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "全端末の停止",
		},
		{
			Route: "GET /insurer/people/:id/represent", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "代理の方の登録",
		},
		{
			Route: "POST /insurer/people/:id/represent", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "代理の方のコードの発行",
		},
		{
			Route: "GET /insurer/people/:id/represent/code", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "代理の方のコード",
		},
		{
			Route: "GET /insurer/people/:id/represent/code.png", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "代理の方の二次元コード",
		},
		{
			Route: "GET /insurer/people/:id/representatives/:login/end", Who: InsurerClerk,
			Of: OwnOrganisation, Ja: "代理を終わりにする確認",
		},
		{
			Route: "POST /insurer/people/:id/representatives/:login/end", Who: InsurerClerk,
			Of: OwnOrganisation, Ja: "代理の終わり",
		},
		{
			Route: "GET /insurer/people/:id/desk", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "窓口での登録：見たものの確認",
		},
		{
			Route: "POST /insurer/people/:id/desk", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "窓口での登録の開始",
		},
		{
			Route: "GET /insurer/people/:id/desk/:ref", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "窓口での登録のコード（始めた担当者だけ）と結果",
		},
		{
			Route: "GET /insurer/people/:id/desk/:ref/code.png", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "窓口での登録の二次元コード（始めた担当者だけ）",
		},
		{
			Route: "GET /insurer/people/:id/desk/:ref/events", Who: InsurerClerk, Of: OwnOrganisation,
			Marks: Program, Ja: "窓口での登録の進み具合", En: "how far an enrolment at the desk is",
		},
		{
			Route: "POST /insurer/people/:id/desk/:ref/cancel", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "窓口での登録の中止",
		},
		{
			Route: "GET /insurer/people/:id/address", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "不開示の人の住所",
		},
		{
			Route: "GET /insurer/people/:id/erase", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "消去の確認",
		},
		{
			Route: "POST /insurer/people/:id/erase", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh,
			Ja: "1人の記録の消去",
		},
		{Route: "GET /insurer/revoke", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh, Ja: "まとめた失効の確認"},
		{Route: "POST /insurer/revoke", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh, Ja: "まとめた失効"},
		{Route: "GET /insurer/settings", Who: InsurerClerk, Of: OwnOrganisation, Marks: Fresh, Ja: "紙の設定と見本"},
		{
			Route: "POST /insurer/settings", Who: InsurerAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "紙の設定の保存",
		},
		{Route: "GET /insurer/papers/:kind", Who: InsurerClerk, Of: OwnOrganisation, Ja: "見本の紙"},
		{Route: "GET /insurer/runs", Who: InsurerClerk, Of: OwnOrganisation, Ja: "まとめ刷りの一覧"},
		{Route: "POST /insurer/runs", Who: InsurerClerk, Of: OwnOrganisation, Ja: "まとめ刷りの計画と開始"},
		{Route: "GET /insurer/runs/:id", Who: InsurerClerk, Of: OwnOrganisation, Ja: "まとめ刷り1件"},
		{
			Route: "GET /insurer/runs/:id/events", Who: InsurerClerk, Of: OwnOrganisation, Marks: Program,
			Ja: "まとめ刷りの進み具合", En: "a print run's progress",
		},
		{
			Route: "POST /insurer/runs/:id/:wish", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "まとめ刷りの一時停止・再開・中止など",
		},
		{
			Route: "GET /insurer/runs/:id/files/:name", Who: InsurerClerk, Of: OwnOrganisation,
			Ja: "まとめ刷りのファイル",
		},
		{Route: "GET /insurer/statistics", Who: InsurerClerk, Of: OwnOrganisation, Ja: "統計"},
		{Route: "GET /insurer/statistics.csv", Who: InsurerClerk, Of: OwnOrganisation, Ja: "統計のファイル"},
	}},

	{CounterHalf, []Row{
		{Route: "GET /counter", Who: Reception, Of: OwnOrganisation, Ja: "受付の画面"},
		{Route: "GET /counter/methods", Who: Reception, Ja: "資格確認の方法"},
		{
			Route: "GET /api/v1/counter/status", Who: Reception, Of: OwnOrganisation,
			Ja: "読み取り機・信頼リスト・時計の状態", En: "readers, trust list, clock, the day's numbers",
		},
		{
			Route: "GET /api/v1/counter/cases", Who: Reception, Of: OwnOrganisation,
			Ja: "今日の受付", En: "the facility's cases of today",
		},
		{
			Route: "POST /api/v1/counter/people", Who: Reception, Of: Shown,
			Ja: "画像の中のコードは誰の物か", En: "whose the codes of a picture are",
		},
		{
			Route: "POST /api/v1/counter/cases", Who: Reception, Of: Shown,
			Ja: "コードの読み取り", En: "opens a case with a code",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/proof", Who: Reception, Of: OwnOrganisation,
			Ja: "2つ目のコードの読み取り", En: "the phone's second code",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/challenge", Who: Reception, Of: OwnOrganisation,
			Ja: "2つ目のコードのための値", En: "what the phone's second code must hold",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/card-check", Who: Reception, Of: OwnOrganisation,
			Ja: "カードの生年月日の確認", En: "checks the card's birth date",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/text-check", Who: Reception, Of: OwnOrganisation,
			Ja: "照合番号Bによる確認", En: "reads the card with 照合番号B",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/face-tries", Who: Reception, Of: OwnOrganisation,
			Ja: "照合番号Bの残りの回数", En: "tries left of 照合番号B",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/face-check", Who: Reception, Of: OwnOrganisation,
			Ja: "チップの写真の読み取り", En: "reads the chip's photo with 照合番号B",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/certificate-check", Who: Reception, Of: OwnOrganisation,
			Ja: "電子証明書の期限の確認", En: "reads the certificate's dates",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/oqs-compare", Who: Reception, Of: OwnOrganisation,
			Ja: "オンライン資格確認の回答との比較", En: "compares with the OQS answer",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/visual", Who: Reception, Of: OwnOrganisation,
			Ja: "目視の確認", En: "what staff compared by eye",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/record", Who: Reception, Of: OwnOrganisation,
			Ja: "受付の記録", En: "ends a case",
		},
		{
			Route: "POST /api/v1/counter/cases/:id/take-back", Who: Reception, Of: OwnOrganisation,
			Ja: "記録したばかりの受付の取り消し", En: "takes a record of just now back",
		},
		{
			Route: "POST /api/v1/counter/reader", Who: Reception, Of: OwnOrganisation,
			Ja: "この受付の読み取り機", En: "this browser's card reader",
		},
		{
			Route: "POST /api/v1/counter/bridges", Who: FacilityAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "読み取り機のペアリング", En: "pairs a bridge agent",
		},
		{
			Route: "GET /api/v1/counter/bridges", Who: FacilityAdmin, Of: OwnOrganisation,
			Ja: "つないだパソコンの一覧", En: "the paired computers",
		},
		{
			Route: "POST /api/v1/counter/bridges/confirm", Who: FacilityAdmin, Of: OwnOrganisation,
			Marks: Fresh, Ja: "言葉を見比べた結果", En: "whether the words are the same",
		},
		{
			Route: "POST /api/v1/counter/bridges/:id/end", Who: FacilityAdmin, Of: OwnOrganisation,
			Marks: Fresh, Ja: "パソコンを切り離す", En: "ends a paired computer",
		},
		{
			Route: "POST /api/v1/counter/bridges/:id/readmit", Who: FacilityAdmin, Of: OwnOrganisation,
			Marks: Fresh, Ja: "またつなげるようにする", En: "lets an ended computer ask again",
		},
		{
			Route: "GET /api/v1/bridge", Who: Agent, Of: OwnOrganisation,
			Ja: "読み取り機の接続（WebSocket）", En: "where bridge agents dial in (WebSocket)",
		},
	}},

	// members of staff: sign-in, own sessions, colleagues
	{SignIn, []Row{
		{Route: "GET /staff", Who: Public, Ja: "担当者のサインイン"},
		{Route: "GET /staff/invite/:code", Who: Public, Of: OwnVisit, Ja: "招待のアドレス"},
		{Route: "GET /staff/invite", Who: Public, Of: OwnVisit, Ja: "招待の内容とパスキーの作成"},
		{Route: "GET /staff/prove", Who: Public, Of: OwnVisit, Ja: "パスキーをもう一度使う画面"},
		{
			Route: "POST /api/v1/staff/signin/begin", Who: Public, Of: OwnVisit,
			Ja: "サインインの始まり", En: "begins a sign-in",
		},
		{
			Route: "POST /api/v1/staff/signin", Who: Public, Of: OwnVisit,
			Ja: "サインインの答え", En: "the passkey's answer",
		},
		{
			Route: "POST /api/v1/staff/invite/begin", Who: Public, Of: OwnVisit,
			Ja: "招待によるパスキー作成の始まり", En: "begins a passkey by invitation",
		},
		{
			Route: "POST /api/v1/staff/invite", Who: Public, Of: OwnVisit,
			Ja: "招待によるパスキー", En: "the new passkey",
		},
		{
			Route: "POST /api/v1/staff/proof/begin", Who: Public, Of: OwnVisit,
			Ja: "もう一度の確認の始まり", En: "begins a fresh proof",
		},
		{
			Route: "POST /api/v1/staff/proof", Who: Public, Of: OwnVisit,
			Ja: "もう一度の確認の答え", En: "the fresh proof",
		},
		{Route: "GET /staff/me", Who: Staff, Of: OwnVisit, Ja: "自分のページ"},
		{Route: "POST /staff/signout", Who: Staff, Of: OwnVisit, Ja: "サインアウト"},
		{Route: "POST /staff/signout/everywhere", Who: Staff, Of: OwnVisit, Ja: "すべてのサインアウト"},
		{Route: "POST /staff/sessions/:ref/end", Who: Staff, Of: OwnVisit, Ja: "自分のサインイン1つの終了"},
		{Route: "GET /staff/pin", Who: OfFacility, Of: OwnVisit, Marks: Fresh, Ja: "PINを決める画面"},
		{Route: "POST /staff/pin", Who: OfFacility, Of: OwnVisit, Marks: Fresh, Ja: "PINの保存"},
		{Route: "GET /staff/members", Who: Administrators, Of: OwnOrganisation, Ja: "担当者の一覧"},
		{
			Route: "GET /staff/members/invite", Who: Administrators, Of: OwnOrganisation, Marks: Fresh,
			Ja: "招待の画面",
		},
		{
			Route: "POST /staff/members/invite", Who: Administrators, Of: OwnOrganisation, Marks: Fresh,
			Ja: "招待",
		},
		{Route: "GET /staff/members/:id", Who: Administrators, Of: OwnOrganisation, Ja: "担当者1人"},
		{
			Route: "POST /staff/members/:id", Who: Administrators, Of: OwnOrganisation, Marks: Fresh,
			Ja: "担当者の変更・停止・復旧",
		},
		{
			Route: "GET /api/v1/staff/tiles", Who: Reception, Of: OwnOrganisation,
			Ja: "この受付で働く人", En: "who may act at this counter",
		},
		{
			Route: "POST /api/v1/staff/acting", Who: Reception, Of: OwnOrganisation,
			Ja: "働く人の交代（PIN）", En: "who acts from now on, by the PIN",
		},
	}},
	{SignIn | CounterHalf, []Row{
		{
			Route: "GET /staff/facility", Who: FacilityAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "医療機関の設定の画面",
		},
		{
			Route: "POST /staff/facility", Who: FacilityAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "医療機関の設定の保存",
		},
	}},
	// whoever runs the server: its states and organisations, and no people
	{SignIn, []Row{{Route: "GET /operator", Who: Operator, Ja: "サーバーの状態と組織の一覧"}}},
	{SignIn | InsurerHalf, []Row{
		{Route: "GET /operator/insurers/add", Who: Operator, Marks: Fresh, Ja: "保険者を加える画面"},
		{Route: "POST /operator/insurers/add", Who: Operator, Marks: Fresh, Ja: "保険者の追加"},
		{Route: "GET /operator/insurers/:number", Who: Operator, Ja: "保険者1件"},
		{Route: "GET /operator/insurers/:number/set", Who: Operator, Marks: Fresh, Ja: "保険者の設定の画面"},
		{Route: "POST /operator/insurers/:number/set", Who: Operator, Marks: Fresh, Ja: "保険者の設定の保存"},
		{Route: "GET /operator/insurers/:number/admin", Who: Operator, Marks: Fresh, Ja: "保険者の最初の管理者の画面"},
		{Route: "POST /operator/insurers/:number/admin", Who: Operator, Marks: Fresh, Ja: "保険者の管理者の招待・復旧"},
	}},
	{SignIn | CounterHalf, []Row{
		{Route: "GET /operator/facilities/add", Who: Operator, Marks: Fresh, Ja: "医療機関を加える画面"},
		{Route: "POST /operator/facilities/add", Who: Operator, Marks: Fresh, Ja: "医療機関の追加"},
		{Route: "GET /operator/facilities/:number", Who: Operator, Ja: "医療機関1件"},
		{Route: "GET /operator/facilities/:number/set", Who: Operator, Marks: Fresh, Ja: "医療機関の設定の画面"},
		{Route: "POST /operator/facilities/:number/set", Who: Operator, Marks: Fresh, Ja: "医療機関の設定の保存"},
		{Route: "GET /operator/facilities/:number/admin", Who: Operator, Marks: Fresh, Ja: "医療機関の最初の管理者の画面"},
		{Route: "POST /operator/facilities/:number/admin", Who: Operator, Marks: Fresh, Ja: "医療機関の管理者の招待・復旧"},
	}},
	{SignIn | Demo, []Row{{Route: "POST /staff/try", Who: Public, Of: OwnVisit, Ja: "パスキーを試す"}}},

	{InsurerHalf | Demo, []Row{
		{Route: "GET /insurer/staff", Who: Public, Ja: "架空の担当者"},
		{Route: "POST /insurer/staff", Who: Public, Ja: "架空の担当者の選択"},
	}},
	{CounterHalf | Demo, []Row{
		{Route: "GET /counter/staff", Who: Public, Ja: "架空の受付"},
		{Route: "POST /counter/staff", Who: Public, Ja: "架空の受付の選択"},
	}},
	{DemoProvider, []Row{{Route: "ANY /demo-idp/*", Who: Public, Ja: "練習用のログイン先"}}},
	{PublishedDemo, []Row{
		{Route: "GET /demo-word", Who: Public, Ja: "合い言葉の入力"},
		{Route: "POST /demo-word", Who: Public, Ja: "合い言葉の確認"},
		{Route: "GET /demo-word.css", Who: Public, Ja: "その画面のスタイル"},
	}},
}
