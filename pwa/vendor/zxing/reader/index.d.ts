export interface ReadResult { text: string; isValid: boolean }
export function prepareZXingModule(options: { overrides: { locateFile: (path: string, prefix: string) => string }; fireImmediately: true }): Promise<unknown>;
export function readBarcodes(input: ImageData | Blob, options: { formats: string[]; tryHarder?: boolean; tryInvert?: boolean; maxNumberOfSymbols?: number }): Promise<ReadResult[]>;
