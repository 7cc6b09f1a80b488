package permissions

// Table returns every route of the program. Who adds one adds its row here, in the group of what must run.
func Table() []Row {
	var all []Row
	for _, group := range groups {
		for _, row := range group.rows {
			row.In = group.in
			if row.Who == 0 {
				row.Who, row.Of = group.who, group.of
			}
			all = append(all, row)
		}
	}
	return all
}

// groups hold the rows. A row that names nobody is for whom its group is.
var groups = []struct {
	in   Part
	who  Who
	of   Reach
	rows []Row
}{
	{0, Public, Nobodys, []Row{
		{Route: "GET /", Ja: "入口"},
		{Route: "GET /static/*", Ja: "画面の部品（スタイル・プログラム・字形）"},
		{Route: "GET /healthz", Marks: Program, Ja: "プログラムの生存", En: "the program runs"},
		{Route: "GET /readyz", Marks: Program, Ja: "データベースの応答", En: "the database answers"},
		{Route: "GET /reception", Ja: "患者の画面を見た受付向けの説明"},
		{Route: "GET /reception/source.png", Ja: "その根拠のアドレスの二次元コード"},
		{Route: "GET /visit", Ja: "受診日チェック"},
		{Route: "POST /visit", Ja: "受診日チェックの答え（保存なし）"},
	}},

	// before a login
	{InsurerHalf, Public, OwnVisit, []Row{
		{Route: "GET /n/:code", Ja: "お知らせの二次元コードのアドレス"},
		{Route: "GET /d/:code", Ja: "保険者の窓口の二次元コードのアドレス"},
		{Route: "GET /notice", Ja: "お知らせの入口"},
		{Route: "GET /r/:code", Ja: "代理の方の二次元コードのアドレス"},
		{Route: "GET /represent", Ja: "代理の方の登録の入口"},
		{Route: "POST /represent/code", Ja: "代理の方のコードの入力"},
		{Route: "POST /represent", Who: Patient, Of: OwnVisit, Ja: "代理の方の登録"},
		{Route: "GET /settings", Ja: "表示の設定"},
		{Route: "POST /settings", Ja: "表示の設定の保存"},
	}},
	{InsurerHalf, Public, Nobodys, []Row{
		{Route: "GET /certificate", Ja: "電子証明書の期限の案内"},
		{Route: "GET /certificate.ics", Ja: "電子証明書の期限のカレンダー"},
		{Route: "GET /next", Ja: "次に持って行くもの"},
		{Route: "GET /declaration.pdf", Ja: "白紙の被保険者資格申立書"},
		{Route: "GET /c/:code", Ja: "オンラインコードを普通のカメラで開いた人への説明"},
		{Route: "GET /C/:code", Ja: "同じ（大文字のアドレス）"},
		{Route: "GET /screen", Ja: "画面の枠（誰にも同じ）"},
		{Route: "GET /manifest.webmanifest", Ja: "ホーム画面に置くための記述"},
		{Route: "GET /sw.js", Ja: "通信なしで開くためのプログラム"},
	}},

	// login
	{InsurerHalf, 0, Nobodys, []Row{
		{Route: "GET /login", Who: Public, Of: OwnVisit, Ja: "ログインの開始"},
		{Route: "GET /login/callback", Who: Public, Of: OwnVisit, Ja: "ログインの戻り先"},
		{Route: "GET /login/help", Who: Public, Ja: "ログインできないとき"},
	}},
	{InsurerHalf, Public, OwnVisit, []Row{
		{Route: "GET /login/wait", Ja: "ほかのブラウザに戻ったログインを待つ画面"},
		{Route: "POST /login/wait", Ja: "待ち終えたログインの続き"},
		{Route: "GET /api/v1/login", Ja: "待っているログインの状態", En: "the state of a login that waits"},
		{Route: "GET /login/elsewhere", Ja: "もとの画面の番号を入れる画面"},
		{Route: "POST /login/elsewhere", Ja: "もとの画面の番号"},
		{Route: "POST /logout", Ja: "ログアウト"},
		{Route: "GET /enrol", Who: Patient, Of: OwnVisit, Ja: "お知らせのコードの入力"},
		{Route: "POST /enrol", Who: Patient, Of: OwnVisit, Ja: "お知らせのコードによる登録"},
	}},

	// the screen, and what it gives out
	{InsurerHalf, 0, Nobodys, []Row{
		{Route: "GET /api/v1/me", Who: Public | Patient | Device, Of: OwnPeople,
			Ja: "この端末が見せてよい人（知らない端末には空）", En: "whom this browser may show; nobody where it is not known"},
	}},
	{InsurerHalf, Patient | Device, OwnPeople, []Row{
		{Route: "POST /api/v1/people/:id/credential", Ja: "資格の画面の発行", En: "makes a screen of a person"},
		{Route: "GET /people/:id/document.pdf", Ja: "資格情報のPDF"},
		{Route: "GET /people/:id/masked.pdf", Ja: "番号を伏せたPDF"},
		{Route: "GET /people/:id/insert.pdf", Ja: "カードケース用の紙"},
		{Route: "GET /people/:id/screen.smart-health-card", Ja: "画面のファイル"},
		{Route: "GET /people/:id/name.ttf", Marks: Program, Ja: "氏名の字形", En: "the font of a person's name"},
	}},

	// phones, receipts, online codes
	{InsurerHalf, 0, Nobodys, []Row{
		{Route: "POST /api/v1/phone/nonce", Who: Public, Of: OwnVisit,
			Ja: "端末が署名する値", En: "what a phone signs"},
		{Route: "POST /api/v1/phone/session", Who: Public, Of: OwnVisit,
			Ja: "端末の鍵による開始", En: "a phone comes back by its key"},
		{Route: "POST /api/v1/phone/wipe", Who: Public | Patient | Device, Of: OwnVisit,
			Ja: "この端末からの消去", En: "ends everything that this browser may show"},
		{Route: "PUT /api/v1/phone", Who: Patient, Of: OwnVisit,
			Ja: "受付の控えを受け取る鍵", En: "the key that receipts are sealed to"},
		{Route: "PUT /api/v1/phone/holder", Who: Patient, Of: OwnVisit,
			Ja: "端末の鍵の登録", En: "adds this phone's key"},
		{Route: "POST /api/v1/phones/:phone/end", Who: Patient, Of: OwnVisit,
			Ja: "自分の端末を止める", En: "ends a phone of the login"},
		{Route: "POST /api/v1/people/:id/representatives/:login/end", Who: Patient, Of: OwnPeople,
			Ja: "代理を終わりにする", En: "ends a representative of the login's own person"},
		{Route: "POST /api/v1/me/erase", Who: Patient, Of: OwnVisit,
			Ja: "自分のログインの消去", En: "erases the login"},
	}},
	{InsurerHalf, Patient | Device, OwnPeople, []Row{
		{Route: "POST /api/v1/people/:id/remove", Ja: "この端末から1人を外す", En: "takes a person off this phone"},
		{Route: "GET /api/v1/receipts", Ja: "受付の控え", En: "receipts for this phone"},
		{Route: "POST /api/v1/people/:id/code", Ja: "オンラインコードの発行", En: "makes an online code"},
		{Route: "GET /api/v1/people/:id/code", Ja: "どの医療機関が求めているか", En: "which facility asks to look"},
		{Route: "POST /api/v1/people/:id/code/answer", Ja: "求めへの返事", En: "the patient's yes or no"},
	}},

	// other servers
	{InsurerHalf, Public, Nobodys, []Row{
		{Route: "GET /i/:insurer/.well-known/jwks.json", Ja: "保険者の公開鍵", En: "an insurer's keys"},
		{Route: "GET /i/:insurer/.well-known/keys.jwt",
			Ja: "次の鍵への裏書き", En: "what the keys say of those after them"},
		{Route: "GET /i/:insurer/.well-known/crl/:file",
			Ja: "失効の一覧（SMART Health Cards）", En: "the revocation list of one key"},
		{Route: "GET /i/:insurer/status.jwt", Ja: "失効の一覧", En: "the signed list of revoked copies"},
		{Route: "GET /i/:insurer/time.jwt", Ja: "署名した時刻", En: "the signed time"},
		{Route: "GET /api/v1/counters", Ja: "信頼リストの受付の一覧", En: "the counter servers of the trust list"},
	}},
	{InsurerHalf, 0, Nobodys, []Row{
		{Route: "POST /i/:insurer/code", Who: Host, Of: Shown,
			Ja: "オンラインコードの引き換え", En: "the screen of an online code"},
		{Route: "POST /i/:insurer/receipt/keys", Who: Host, Of: Shown,
			Ja: "控えを封じる鍵", En: "the phones' keys for a receipt"},
		{Route: "POST /i/:insurer/receipt", Who: Host, Of: Shown,
			Ja: "控えの預け入れ", En: "leaves sealed receipts"},
	}},

	// the insurer's staff
	{InsurerHalf, 0, Nobodys, []Row{
		{Route: "GET /insurer", Who: InsurerClerk, Of: OwnOrganisation, Ja: "被保険者の検索と一覧"},
		{Route: "GET /insurer/sample.csv", Who: InsurerClerk, Ja: "取り込みファイルの見本"},
		{Route: "GET /insurer/support", Who: InsurerClerk, Ja: "問い合わせ番号の読み方"},
	}},
	{InsurerHalf, InsurerClerk, OwnOrganisation, []Row{
		{Route: "POST /insurer/import", Ja: "ファイルの送信"},
		{Route: "GET /insurer/imports/:id", Ja: "送ったファイルの確認"},
		{Route: "GET /insurer/imports/:id/headings", Ja: "見出しの意味"},
		{Route: "POST /insurer/imports/:id/headings", Ja: "見出しの意味の保存"},
		{Route: "POST /insurer/imports/:id/store", Ja: "取り込みの実行"},
		{Route: "POST /insurer/imports/:id/drop", Ja: "取り込みの中止"},
		{Route: "GET /insurer/imports/:id/errors.csv", Ja: "取り込めない行のファイル"},
		{Route: "GET /insurer/people/:id", Ja: "被保険者1人の記録"},
		{Route: "GET /insurer/people/:id/notice", Ja: "お知らせのコード"},
		{Route: "GET /insurer/people/:id/notice.png", Ja: "お知らせの二次元コード"},
		{Route: "GET /insurer/people/:id/notice.pdf", Ja: "お知らせの紙"},
		{Route: "GET /insurer/people/:id/certificate.pdf", Ja: "資格確認書"},
		{Route: "POST /insurer/people/:id/certificate.pdf", Ja: "理由を付けた資格確認書"},
		{Route: "GET /insurer/people/:id/insert.pdf", Ja: "カードケース用の紙"},
		{Route: "GET /insurer/people/:id/reissue", Ja: "再発行の確認"},
		{Route: "POST /insurer/people/:id/reissue", Ja: "再発行"},
		{Route: "GET /insurer/people/:id/revoke", Marks: Fresh, Ja: "全失効の確認"},
		{Route: "POST /insurer/people/:id/revoke", Marks: Fresh, Ja: "1人の写しの全失効"},
		{Route: "GET /insurer/people/:id/copies/:rid/revoke", Marks: Fresh, Ja: "写し1枚の失効の確認"},
		{Route: "POST /insurer/people/:id/copies/:rid/revoke", Marks: Fresh, Ja: "写し1枚の失効"},
		{Route: "GET /insurer/people/:id/logins/:login/end", Ja: "ログインを切る確認"},
		{Route: "POST /insurer/people/:id/logins/:login/end", Ja: "ログインの切断"},
		{Route: "GET /insurer/people/:id/phones/:phone/end", Ja: "端末1台を止める確認"},
		{Route: "POST /insurer/people/:id/phones/:phone/end", Ja: "端末1台の停止"},
		{Route: "GET /insurer/people/:id/phones/end", Ja: "全端末を止める確認"},
		{Route: "POST /insurer/people/:id/phones/end", Ja: "全端末の停止"},
		{Route: "GET /insurer/people/:id/represent", Marks: Fresh, Ja: "代理の方の登録"},
		{Route: "POST /insurer/people/:id/represent", Marks: Fresh, Ja: "代理の方のコードの発行"},
		{Route: "GET /insurer/people/:id/represent/code", Ja: "代理の方のコード"},
		{Route: "GET /insurer/people/:id/represent/code.png", Ja: "代理の方の二次元コード"},
		{Route: "GET /insurer/people/:id/representatives/:login/end", Ja: "代理を終わりにする確認"},
		{Route: "POST /insurer/people/:id/representatives/:login/end", Ja: "代理の終わり"},
		{Route: "GET /insurer/people/:id/desk", Marks: Fresh, Ja: "窓口での登録：見たものの確認"},
		{Route: "POST /insurer/people/:id/desk", Marks: Fresh, Ja: "窓口での登録の開始"},
		{Route: "GET /insurer/people/:id/desk/:ref", Ja: "窓口での登録のコード（始めた担当者だけ）と結果"},
		{Route: "GET /insurer/people/:id/desk/:ref/code.png", Ja: "窓口での登録の二次元コード（始めた担当者だけ）"},
		{Route: "GET /insurer/people/:id/desk/:ref/events", Marks: Program,
			Ja: "窓口での登録の進み具合", En: "how far an enrolment at the desk is"},
		{Route: "POST /insurer/people/:id/desk/:ref/cancel", Ja: "窓口での登録の中止"},
		{Route: "GET /insurer/people/:id/address", Marks: Fresh, Ja: "不開示の人の住所"},
		{Route: "GET /insurer/people/:id/erase", Marks: Fresh, Ja: "消去の確認"},
		{Route: "POST /insurer/people/:id/erase", Marks: Fresh, Ja: "1人の記録の消去"},
		{Route: "GET /insurer/revoke", Marks: Fresh, Ja: "まとめた失効の確認"},
		{Route: "POST /insurer/revoke", Marks: Fresh, Ja: "まとめた失効"},
		{Route: "GET /insurer/settings", Marks: Fresh, Ja: "紙の設定と見本"},
		{Route: "POST /insurer/settings", Who: InsurerAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "紙の設定の保存"},
	}},
	{InsurerHalf, InsurerClerk, OwnOrganisation, []Row{
		{Route: "GET /insurer/papers/:kind", Ja: "見本の紙"},
		{Route: "GET /insurer/runs", Ja: "まとめ刷りの一覧"},
		{Route: "POST /insurer/runs", Ja: "まとめ刷りの計画と開始"},
		{Route: "GET /insurer/runs/:id", Ja: "まとめ刷り1件"},
		{Route: "GET /insurer/runs/:id/events", Marks: Program,
			Ja: "まとめ刷りの進み具合", En: "a print run's progress"},
		{Route: "POST /insurer/runs/:id/:wish", Ja: "まとめ刷りの一時停止・再開・中止など"},
		{Route: "GET /insurer/runs/:id/files/:name", Marks: Fresh, Ja: "まとめ刷りのファイル"},
		{Route: "GET /insurer/statistics", Ja: "統計"},
		{Route: "GET /insurer/statistics.csv", Ja: "統計のファイル"},
	}},
	{CounterHalf, 0, Nobodys, []Row{
		{Route: "GET /counter", Who: Reception, Of: OwnOrganisation, Ja: "受付の画面"},
		{Route: "GET /counter/methods", Who: Reception, Ja: "資格確認の方法"},
		{Route: "GET /api/v1/counter/status", Who: Reception, Of: OwnOrganisation,
			Ja: "読み取り機・信頼リスト・時計の状態", En: "readers, trust list, clock, the day's numbers"},
		{Route: "GET /api/v1/counter/cases", Who: Reception, Of: OwnOrganisation,
			Ja: "今日の受付", En: "the facility's cases of today"},
		{Route: "POST /api/v1/counter/people", Who: Reception, Of: Shown,
			Ja: "画像の中のコードは誰の物か", En: "whose the codes of a picture are"},
		{Route: "POST /api/v1/counter/cases", Who: Reception, Of: Shown,
			Ja: "コードの読み取り", En: "opens a case with a code"},
		{Route: "POST /api/v1/counter/papers", Who: Reception, Of: Shown,
			Ja: "職員が見て入れた紙・画面", En: "opens a case with what staff saw and typed"},
		{Route: "POST /api/v1/counter/papers/notes", Who: Reception, Of: OwnOrganisation,
			Ja: "入力中の確かめと、以前の入力", En: "what is wrong so far, and what was typed before"},
	}},
	{CounterHalf, Reception, OwnOrganisation, []Row{
		{Route: "POST /api/v1/counter/cases/:id/proof", Ja: "2つ目のコードの読み取り", En: "the phone's second code"},
		{Route: "POST /api/v1/counter/cases/:id/challenge",
			Ja: "2つ目のコードのための値", En: "what the phone's second code must hold"},
		{Route: "POST /api/v1/counter/cases/:id/card-check",
			Ja: "カードの生年月日の確認", En: "checks the card's birth date"},
		{Route: "POST /api/v1/counter/cases/:id/text-check",
			Ja: "照合番号Bによる確認", En: "reads the card with 照合番号B"},
		{Route: "POST /api/v1/counter/cases/:id/face-tries", Ja: "照合番号Bの残りの回数", En: "tries left of 照合番号B"},
		{Route: "POST /api/v1/counter/cases/:id/face-check",
			Ja: "チップの写真の読み取り", En: "reads the chip's photo with 照合番号B"},
		{Route: "POST /api/v1/counter/cases/:id/certificate-check",
			Ja: "電子証明書の期限の確認", En: "reads the certificate's dates"},
		{Route: "POST /api/v1/counter/cases/:id/oqs-compare",
			Ja: "オンライン資格確認の回答との比較", En: "compares with the OQS answer"},
		{Route: "PUT /api/v1/counter/papers/:id", Ja: "入れた内容の訂正", En: "corrects what was typed"},
		{Route: "POST /api/v1/counter/cases/:id/visual", Ja: "目視の確認", En: "what staff compared by eye"},
		{Route: "POST /api/v1/counter/cases/:id/record", Ja: "受付の記録", En: "ends a case"},
		{Route: "POST /api/v1/counter/cases/:id/take-back",
			Ja: "記録したばかりの受付の取り消し", En: "takes a record of just now back"},
		{Route: "POST /api/v1/counter/reader", Ja: "この受付の読み取り機", En: "this browser's card reader"},
		{Route: "GET /api/v1/counter/offline", Ja: "通信できない間の確認に使うもの",
			En: "what a console verifies by without network"},
		{Route: "POST /api/v1/counter/offline/key",
			Ja: "通信できない間の記録の鍵", En: "a console's key for its records"},
		{Route: "POST /api/v1/counter/offline/records", Ja: "通信できない間の記録", En: "what a console recorded"},
	}},
	{CounterHalf, Public, Nobodys, []Row{
		{Route: "GET /counter/sw.js", Ja: "受付の画面を保存するプログラム"},
		{Route: "GET /counter/manifest.webmanifest", Ja: "受付の画面をアプリとして置くための情報"},
	}},
	{CounterHalf, FacilityAdmin, OwnOrganisation, []Row{
		{Route: "GET /counter/offline", Ja: "通信できない間の記録の点検"},
		{Route: "POST /api/v1/counter/bridges", Marks: Fresh, Ja: "読み取り機のペアリング", En: "pairs a bridge agent"},
		{Route: "GET /api/v1/counter/bridges", Ja: "つないだパソコンの一覧", En: "the paired computers"},
		{Route: "POST /api/v1/counter/bridges/confirm", Marks: Fresh,
			Ja: "言葉を見比べた結果", En: "whether the words are the same"},
		{Route: "POST /api/v1/counter/bridges/:id/end", Marks: Fresh,
			Ja: "パソコンを切り離す", En: "ends a paired computer"},
		{Route: "POST /api/v1/counter/bridges/:id/readmit", Marks: Fresh,
			Ja: "またつなげるようにする", En: "lets an ended computer ask again"},
		{Route: "GET /api/v1/bridge", Who: Agent, Of: OwnOrganisation,
			Ja: "読み取り機の接続（WebSocket）", En: "where bridge agents dial in (WebSocket)"},
	}},

	// members of staff: sign-in, own sessions, colleagues
	{SignIn, 0, Nobodys, []Row{
		{Route: "GET /staff", Who: Public, Ja: "担当者のサインイン"},
	}},
	{SignIn, Public, OwnVisit, []Row{
		{Route: "GET /staff/invite/:code", Ja: "招待のアドレス"},
		{Route: "GET /staff/invite", Ja: "招待の内容とパスキーの作成"},
		{Route: "GET /staff/prove", Ja: "パスキーをもう一度使う画面"},
		{Route: "POST /api/v1/staff/signin/begin", Ja: "サインインの始まり", En: "begins a sign-in"},
		{Route: "POST /api/v1/staff/signin", Ja: "サインインの答え", En: "the passkey's answer"},
		{Route: "POST /api/v1/staff/invite/begin",
			Ja: "招待によるパスキー作成の始まり", En: "begins a passkey by invitation"},
		{Route: "POST /api/v1/staff/invite", Ja: "招待によるパスキー", En: "the new passkey"},
		{Route: "POST /api/v1/staff/proof/begin", Ja: "もう一度の確認の始まり", En: "begins a fresh proof"},
		{Route: "POST /api/v1/staff/proof", Ja: "もう一度の確認の答え", En: "the fresh proof"},
	}},
	{SignIn, Staff, OwnVisit, []Row{
		{Route: "GET /staff/me", Ja: "自分のページ"},
		{Route: "POST /staff/signout", Ja: "サインアウト"},
		{Route: "POST /staff/signout/everywhere", Ja: "すべてのサインアウト"},
		{Route: "POST /staff/sessions/:ref/end", Ja: "自分のサインイン1つの終了"},
		{Route: "GET /staff/pin", Who: OfFacility, Of: OwnVisit, Marks: Fresh, Ja: "PINを決める画面"},
		{Route: "POST /staff/pin", Who: OfFacility, Of: OwnVisit, Marks: Fresh, Ja: "PINの保存"},
	}},
	{SignIn, Administrators, OwnOrganisation, []Row{
		{Route: "GET /staff/members", Ja: "担当者の一覧"},
		{Route: "GET /staff/members/invite", Marks: Fresh, Ja: "招待の画面"},
		{Route: "POST /staff/members/invite", Marks: Fresh, Ja: "招待"},
		{Route: "GET /staff/members/:id", Ja: "担当者1人"},
		{Route: "POST /staff/members/:id", Marks: Fresh, Ja: "担当者の変更・停止・復旧"},
		{Route: "GET /api/v1/staff/tiles", Who: Reception, Of: OwnOrganisation,
			Ja: "この受付で働く人", En: "who may act at this counter"},
		{Route: "POST /api/v1/staff/acting", Who: Reception, Of: OwnOrganisation,
			Ja: "働く人の交代（PIN）", En: "who acts from now on, by the PIN"},
	}},
	{SignIn | CounterHalf, 0, Nobodys, []Row{
		{Route: "GET /staff/facility", Who: FacilityAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "医療機関の設定の画面"},
		{Route: "POST /staff/facility", Who: FacilityAdmin, Of: OwnOrganisation, Marks: Fresh,
			Ja: "医療機関の設定の保存"},
	}},

	// whoever runs the server: its states and organisations, and no people
	{SignIn, 0, Nobodys, []Row{
		{Route: "GET /operator", Who: Operator, Ja: "サーバーの状態と組織の一覧"},
	}},
	{SignIn | InsurerHalf, Operator, Nobodys, []Row{
		{Route: "GET /operator/insurers/add", Marks: Fresh, Ja: "保険者を加える画面"},
		{Route: "POST /operator/insurers/add", Marks: Fresh, Ja: "保険者の追加"},
		{Route: "GET /operator/insurers/:number", Ja: "保険者1件"},
		{Route: "GET /operator/insurers/:number/set", Marks: Fresh, Ja: "保険者の設定の画面"},
		{Route: "POST /operator/insurers/:number/set", Marks: Fresh, Ja: "保険者の設定の保存"},
		{Route: "GET /operator/insurers/:number/admin", Marks: Fresh, Ja: "保険者の最初の管理者の画面"},
		{Route: "POST /operator/insurers/:number/admin", Marks: Fresh, Ja: "保険者の管理者の招待・復旧"},
	}},
	{SignIn | CounterHalf, Operator, Nobodys, []Row{
		{Route: "GET /operator/facilities/add", Marks: Fresh, Ja: "医療機関を加える画面"},
		{Route: "POST /operator/facilities/add", Marks: Fresh, Ja: "医療機関の追加"},
		{Route: "GET /operator/facilities/:number", Ja: "医療機関1件"},
		{Route: "GET /operator/facilities/:number/set", Marks: Fresh, Ja: "医療機関の設定の画面"},
		{Route: "POST /operator/facilities/:number/set", Marks: Fresh, Ja: "医療機関の設定の保存"},
		{Route: "GET /operator/facilities/:number/admin", Marks: Fresh, Ja: "医療機関の最初の管理者の画面"},
		{Route: "POST /operator/facilities/:number/admin", Marks: Fresh, Ja: "医療機関の管理者の招待・復旧"},
	}},
	{SignIn | Demo, 0, Nobodys, []Row{
		{Route: "POST /staff/try", Who: Public, Of: OwnVisit, Ja: "パスキーを試す"},
	}},
	{InsurerHalf | Demo, 0, Nobodys, []Row{
		{Route: "GET /insurer/staff", Who: Public, Ja: "架空の担当者"},
		{Route: "POST /insurer/staff", Who: Public, Ja: "架空の担当者の選択"},
	}},
	{CounterHalf | Demo, 0, Nobodys, []Row{
		{Route: "GET /counter/staff", Who: Public, Ja: "架空の受付"},
		{Route: "POST /counter/staff", Who: Public, Ja: "架空の受付の選択"},
	}},
	{DemoProvider, 0, Nobodys, []Row{
		{Route: "ANY /demo-idp/*", Who: Public, Ja: "練習用のログイン先"},
	}},
	{PublishedDemo, 0, Nobodys, []Row{
		{Route: "GET /demo-word", Who: Public, Ja: "合い言葉の入力"},
		{Route: "POST /demo-word", Who: Public, Ja: "合い言葉の確認"},
		{Route: "GET /demo-word.css", Who: Public, Ja: "その画面のスタイル"},
	}},
}
