// A field for what stands on a paper. With an input method on or off, in full or half width, the same keys
// come to the same: the keyboard moves on when the field is full, or on Enter.

/** Returns digits and letters in half width, without blanks. */
export const plain = (text: string): string => text.normalize("NFKC").replace(/\s/g, "");

const date = /^(?:\d{8}|[mtshr]\d{6}|[345]\d{6})$/i; // 19550701, S300701, 3300701
const dateInWords = /^.{1,8}[年.\/-].{1,2}[月.\/-]\d{1,2}日?$/;

/** Of which fields can be told that nothing follows: full, and ended where Enter only ended a composition. */
const rules: Record<string, { full: RegExp; ended: RegExp }> = {
  insurerNumber: { full: /^\d{8}$/, ended: /^(?:\d{6}|\d{8})$/ },
  symbol: { full: /^$/, ended: /^$/ },
  elderlyNumber: { full: /^\d{8}$/, ended: /^\d{8}$/ },
  number: { full: /^$/, ended: /^\d+$/ },
  branch: { full: /^\d\d$/, ended: /^\d{1,2}$/ },
  birthDate: { full: date, ended: dateInWords },
  until: { full: date, ended: dateInWords },
};

/**
 * Has a field call next when it is full or Enter says so. rule names its rule, which may change.
 */
export function movesOn(
  field: HTMLInputElement, rule: () => string, next: (byEnter: boolean) => void,
): void {
  let entered = false; // the Enter that ends a composition
  const is = (kind: "full" | "ended"): boolean => {
    const text = plain(field.value);
    const known = rules[rule()];
    return !!text && !!known && (known.full.test(text) || (kind === "ended" && known.ended.test(text)));
  };
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" && e.code !== "Enter" && e.code !== "NumpadEnter") return;
    if (e.isComposing || e.keyCode === 229) {
      entered = true;
      return;
    }
    e.preventDefault();
    if (!e.repeat) next(true);
  });
  field.addEventListener("input", (e) => {
    const how = e as InputEvent;
    if (!how.isComposing && how.inputType.startsWith("insert") && is("full")) next(false);
  });
  field.addEventListener("compositionend", () => {
    if (is(entered ? "ended" : "full")) next(false);
    entered = false;
  });
  field.addEventListener("blur", () => {
    if (rules[rule()]) field.value = plain(field.value);
  });
}
