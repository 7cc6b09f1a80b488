// The programs' sentences, Japanese first. Pages have theirs in the templates.

const words = {
  making: ["コードを作っています…", "Making the code…"],
  ageSeconds: ["{n}秒前に作成", "made {n} s ago"],
  ageMinutes: ["{n}分前に作成", "made {n} min ago"],
  tooOld: ["このコードは古くなりました。電波を確かめています…", "This code is too old. Looking for the network…"],
  offline: ["つながりません。{n}秒ごとに試しています。", "No connection. Trying every {n} s."],
  registered: ["資格は{d} 登録分", "Eligibility as registered on {d}"],
  born: ["{d}生まれ", "born {d}"],
  checked: ["{t} {f} で確認されました", "Checked at {t} by {f}"],
  insurerNumber: ["保険者番号", "Insurer no."],
  symbol: ["記号", "Symbol"],
  number: ["番号", "Number"],
  branch: ["枝番", "Branch"],
  share: ["負担割合", "Share"],
  insurer: ["保険者名", "Insurer"],
  alias: ["通称名", "Alias"],
  sex: ["性別", "Sex"],
  relation: ["本人・家族の別", "Relation"],
  subscriber: ["被保険者氏名", "Subscriber"],
  qualified: ["資格取得年月日", "Qualified on"],
  validFrom: ["発効期日", "Valid from"],
  validUntil: ["有効期限", "Valid until"],
  limit: ["限度額適用区分", "Limit class"],
  post: ["郵便番号", "Post code"],
  address: ["住所", "Address"],
  close: ["もどる", "Back"],
  copied: ["コピーしました", "Copied"],
  reading: ["読み取り中…", "Reading…"],
  cameraFailed: ["カメラを使えません。下の欄に貼り付けるか、カメラの許可を確かめてください。", "The camera cannot be used. Paste the text below, or allow the camera."],
  aim: ["患者さんの画面のコードをカメラに向けてください", "Point the camera at the patient's code"],
  cardReading: ["カードを読んでいます…", "Reading the card…"],
  cardQuestion: ["カードの生年月日は {d} ですか？", "Is the card's birth date {d}?"],
  ask: ["お聞きください", "Please ask"],
  method: ["扱い　{m}", "Handled as {m}"],
  issuedBy: ["{i} が発行・{a}", "issued by {i}, {a}"],
  proves: ["確かめたこと", "Proven"],
  notProven: ["確かめていないこと", "Not proven"],
  readerOn: ["リーダー接続中", "Reader connected"],
  readerOff: ["リーダーはつながっていません", "No reader connected"],
  trust: ["信頼リスト {d}", "Trust list {d}"],
  paired: ["つなぎました。リーダーのパソコンの合言葉が「{w}」か確かめてください。", "Connected. Check that the reader's computer shows “{w}”."],
  years: ["{n}歳", "aged {n}"],
  recorded: ["記録しました。次の患者さんの画面を読み取ってください。", "Recorded. Scan the next patient's screen."],
  waiting: ["患者さんの画面のコードを読み取ってください。", "Scan the code on the patient's screen."],
  problem: ["うまくいきませんでした。もう一度お試しください。", "That did not work. Try again."],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof words;

/** Returns a sentence in the page's language with its placeholders filled. */
export function word(key: Word, values: Record<string, string | number> = {}): string {
  const text: string = words[key][document.documentElement.lang === "en" ? 1 : 0];
  return text.replace(/\{(\w)\}/g, (_, name: string) => String(values[name] ?? ""));
}
