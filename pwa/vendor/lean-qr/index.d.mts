// What we use of lean-qr.
type Part = { readonly part: unique symbol };
export interface Code {
  readonly size: number;
  get(x: number, y: number): boolean;
}
export const mode: { numeric(digits: string): Part; alphaNumeric(text: string): Part; ascii(text: string): Part; multi(...parts: Part[]): Part };
export const correction: { readonly L: number; readonly M: number };
export function generate(data: Part, options: { minCorrectionLevel: number; maxCorrectionLevel: number }): Code;
