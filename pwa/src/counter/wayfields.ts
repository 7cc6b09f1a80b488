// The fields of a way's form. What is typed stays in them while the form is closed.
import { h } from "../shared/dom";
import { type Word, word } from "../shared/words";

/** Makes a field with its label; help says how it is filled in. */
export function field(name: string, label: Word, most: number, help?: Word): HTMLElement {
  const input = h("input", "") as HTMLInputElement;
  input.id = `way-${name}`;
  input.name = name;
  input.autocomplete = "off";
  input.maxLength = most;
  const said = h("label", "", word(label)) as HTMLLabelElement;
  said.htmlFor = input.id;
  if (!help) return h("p", "way-field", said, input);
  const how = h("span", "help", word(help));
  how.id = `${input.id}-help`;
  input.setAttribute("aria-describedby", how.id);
  return h("p", "way-field", said, input, how);
}

/** Makes a group of choices of which one is taken. */
export function choice(name: string, label: string, all: [value: string, text: string][]): HTMLElement {
  return group(name, label, "radio", all);
}

/** Makes a group of ticks. */
export function ticked(name: string, label: string, all: [value: string, text: string][]): HTMLElement {
  return group(name, label, "checkbox", all);
}

function group(name: string, label: string, type: string, all: [string, string][]): HTMLElement {
  const boxes = all.map(([value, text]) => {
    const box = h("input", "") as HTMLInputElement;
    box.type = type;
    box.name = name;
    box.value = value;
    return h("label", "", box, text);
  });
  const set = h("fieldset", "way-group", h("legend", "", label), ...boxes);
  set.id = `way-${name}`;
  return set;
}

const inputs = (form: HTMLFormElement, name: string): HTMLInputElement[] =>
  [...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];

/** Returns what was typed or chosen; "" where the form has no such field. */
export function valueOf(form: HTMLFormElement, name: string): string {
  const [first] = inputs(form, name);
  if (!first) return "";
  if (first.type === "text") return first.value;
  return inputs(form, name).find((box) => box.checked)?.value ?? "";
}

/** Returns all ticks of a group. */
export const ticksOf = (form: HTMLFormElement, name: string): string[] =>
  inputs(form, name).filter((box) => box.checked).map((box) => box.value);

/** Fills a field in, or takes a choice. */
export function setValue(form: HTMLFormElement, name: string, value: string): void {
  for (const input of inputs(form, name)) {
    if (input.type === "text") input.value = value;
    else input.checked = input.value === value;
  }
}

/** Reports whether anything was typed or chosen. */
export const isTouched = (form: HTMLFormElement): boolean =>
  [...form.querySelectorAll<HTMLInputElement>("input")].some((input) =>
    input.type === "text" ? input.value.trim() !== "" : input.checked && input.name !== "notice");

/** Marks the field at fault and puts the keyboard there. */
export function fault(form: HTMLFormElement, name: string): void {
  for (const marked of form.querySelectorAll("[aria-invalid]")) marked.removeAttribute("aria-invalid");
  const [first] = inputs(form, name);
  if (!first) return;
  first.setAttribute("aria-invalid", "true");
  first.focus();
}

/** Puts the keyboard into the next field after one, or onto a button when it was the last. */
export function goNext(form: HTMLFormElement, from: Element, last: HTMLElement): void {
  const all = [...form.querySelectorAll<HTMLInputElement>("input")].filter((i) => i.offsetParent !== null);
  const at = all.findIndex((i) => i === from);
  const now = all[at];
  const next = all.slice(at + 1).find((i) => i.type !== "radio" || i.name !== now?.name);
  (next ?? last).focus();
}
