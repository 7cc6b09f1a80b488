export interface Segment { data: Uint8Array | string; mode: "byte" | "numeric" | "alphanumeric" }
export function create(segments: Segment[], options: { errorCorrectionLevel: "L" | "M" | "Q" | "H" }): { version: number; modules: { size: number; data: Uint8Array } };
