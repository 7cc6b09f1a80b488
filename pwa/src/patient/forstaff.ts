// What the reception reads on a page in another language: who issued the screen, that the card is needed, and
// how old it is, in Japanese whatever the patient reads. Element: #for-staff, which pages in Japanese do not
// have.
import { h } from "../shared/dom";

/** The card sentence as the reception reads it. */
export const cardForStaff = "マイナンバーカードといっしょに確認してください";

const place = document.getElementById("for-staff");

/** What is said of the code that is shown. */
interface ForStaff {
  insurer: string;
  registeredOn: string;
  age: number; // ms
  kept: boolean; // without network the code is one that this phone kept
  represented: boolean; // this phone is a representative's
}

/** Says it for the code that is shown. */
export function tellStaff(shown: ForStaff): void {
  const { insurer, registeredOn, age, kept, represented } = shown;
  if (!place) return;
  const [, month, day] = registeredOn.split("-").map(Number);
  const made = `${inJapanese(age)}前に${kept ? "取得" : "作成"}・`;
  const said = [insurer, made, registeredOn, represented].join();
  if (place.dataset["said"] !== said) {
    place.replaceChildren(
      h("b", "", represented ? "受付の方へ（代理の方の端末です）" : "受付の方へ"),
      h("span", "", `${insurer} 発行・マイナポータルの画面ではありません`),
      h("span", "", cardForStaff),
      h("span", "", made, h("span", "unbroken", `資格は${month}月${day}日 登録分`)),
      kept ? h("span", "", "2つのコードを続けて読み取ってください") : "",
    );
  }
  place.dataset["said"] = said;
  place.hidden = false;
}

/** Says nothing while no code is shown. */
export function tellStaffNothing(): void {
  if (place) place.hidden = true;
}

function inJapanese(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}秒`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)}分` : `${Math.floor(seconds / 3600)}時間`;
}
