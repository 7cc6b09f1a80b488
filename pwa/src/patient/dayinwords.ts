// Days as the page's readers write them.
import { language } from "../shared/words";

/** Returns a day: 11月25日, and with its year 令和8年11月25日 (it is in Reiwa); 25 Nov 2026; 25/11/2026. */
export function dayInWords(day: string, withYear: boolean): string {
  const [year, month, date] = day.split("-").map(Number);
  if (language.startsWith("ja")) return `${withYear ? `令和${year! - 2018}年` : ""}${month}月${date}日`;
  if (language === "vi") return `${date}/${month}/${year}`;
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(language === "en" ? "en-GB" : language, {
    timeZone: "UTC",
    year: "numeric",
    month: "short",
    day: "numeric",
  });
}
