// Asks for the login that is needed, or will be within days. Element: #login-ask.
import { byId, setText } from "../shared/dom";
import { word } from "../shared/words";
import { currentPerson, serverNow, situation } from "./situation";

const day = 24 * 60 * 60 * 1000;
const warnBefore = 14 * day; // of the day on which a login is needed

/** Asks kindly for the login that will be needed, days ahead. */
export function remindOfLogin(): void {
  const until = currentPerson()?.loginBy;
  const left = until ? Date.parse(until) - serverNow() : Infinity;
  if (left > warnBefore) {
    if (!situation.away) byId("login-ask").hidden = true;
    return;
  }
  const days = Math.floor(left / day);
  askForLogin(days > 0 ? word("loginSoon", { n: days }) : word("loginToday"));
}

/** Asks for a login now. */
export function askForLogin(why: string): void {
  setText(byId("login-why"), why);
  byId("login-ask").hidden = false;
}
