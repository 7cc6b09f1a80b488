// Reads a code with the PC's camera. Pictures are decoded here and never leave the page.

interface Reader {
  readBarcodes: typeof import("../../vendor/zxing/reader/index.js").readBarcodes;
}

let loading: Promise<Reader> | null = null;

/** Loads the decoder (1 MB) once, from our own origin. */
function decoder(): Promise<Reader> {
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

/** Shows the camera in the video and resolves with the first code it sees; null when stopped. */
export async function scan(video: HTMLVideoElement, stopped: AbortSignal): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "environment" } });
  const end = (): void => stream.getTracks().forEach((t) => t.stop());
  try {
    const reader = await decoder();
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    while (!stopped.aborted && pen) {
      if (video.videoWidth > 0) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        pen.drawImage(video, 0, 0);
        const found = await reader.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 });
        const text = found.find((r) => r.isValid)?.text;
        if (text) return text;
      }
      await new Promise((later) => setTimeout(later, 60));
    }
    return null;
  } finally {
    end();
    video.hidden = true;
    video.srcObject = null;
  }
}
