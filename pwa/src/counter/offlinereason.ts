// A reason may hold no My Number (番号法 20条), which would lie in this browser until it is sent. This refuses
// more than the server, which looks again (eligibility.HoldsMyNumber): any twelve digits that fit, whatever
// stands between them.

/** Reports whether a text holds twelve digits with the check digit of a My Number. */
export function holdsMyNumber(text: string): boolean {
  const digits = text.normalize("NFKC").replace(/[^0-9]/g, "");
  for (let i = 0; i + 12 <= digits.length; i++) {
    if (fits(digits.slice(i, i + 12))) return true;
  }
  return false;
}

/** The check digit of 総務省令 (平成26年総務省令第85号 5条): weights 2 to 7 twice, from the right. */
function fits(n: string): boolean {
  let sum = 0;
  for (let k = 1; k <= 11; k++) sum += Number(n[11 - k]) * (k <= 6 ? k + 1 : k - 5);
  const rest = sum % 11;
  return Number(n[11]) === (rest <= 1 ? 0 : 11 - rest);
}
