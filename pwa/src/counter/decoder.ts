// Finds codes in pictures. Everything is decoded here; no picture leaves the page.

interface Reader {
  readBarcodes: typeof import("../../vendor/zxing/reader/index.js").readBarcodes;
}

let loading: Promise<Reader> | null = null;

/** Loads the decoder (1 MB) once, from our own origin. */
export function decoder(): Promise<Reader> {
  loading ??= (async () => {
    const zxing = await import("../../vendor/zxing/reader/index.js");
    await zxing.prepareZXingModule({
      overrides: { locateFile: (path) => new URL(path, import.meta.url).href },
      fireImmediately: true,
    });
    return zxing;
  })();
  return loading;
}

/**
 * Returns the texts of the codes in the picture: a phone without network shows two, and there may be several
 * phones.
 */
export async function textsIn(picture: ImageData): Promise<string[]> {
  const reader = await decoder();
  const found = await reader.readBarcodes(picture, {
    formats: ["QRCode"],
    tryHarder: true,
    maxNumberOfSymbols: 16,
  });
  return found.filter((r) => r.isValid && r.text).map((r) => r.text);
}
