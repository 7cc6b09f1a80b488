// A field for digits with its label.
import { h } from "./dom";

/** Makes a field that takes so many digits, and its row. */
export function digitField(
  id: string,
  words: string,
  length: number,
): { input: HTMLInputElement; row: HTMLElement } {
  const input = h("input", "") as HTMLInputElement;
  input.id = id;
  input.inputMode = "numeric";
  input.autocomplete = "off";
  input.maxLength = length;
  const label = h("label", "", words) as HTMLLabelElement;
  label.htmlFor = id;
  return { input, row: h("p", "", label, input) };
}
