export interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  getDecodedBuffer(): Uint8ClampedArray<ArrayBuffer>;
  delete(): void;
}
export interface OpenJPEG {
  J2KDecoder: new () => Decoder;
}
export default function load(options: {
  locateFile: (path: string, prefix: string) => string;
  print: (line: string) => void;
  printErr: (line: string) => void;
}): Promise<OpenJPEG>;
