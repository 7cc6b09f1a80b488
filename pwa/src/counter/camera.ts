// Reads codes with the PC's camera.
import { decoder, textsIn } from "./decoder";

/** Shows the camera in the video and resolves with the first codes that enough accepts; null when stopped. */
export async function scan(
  video: HTMLVideoElement,
  stopped: AbortSignal,
  enough: (texts: string[]) => boolean,
): Promise<string[] | null> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "environment" },
  });
  const end = (): void => stream.getTracks().forEach((t) => t.stop());
  try {
    await decoder();
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
        const texts = await textsIn(pen.getImageData(0, 0, canvas.width, canvas.height));
        if (texts.length && !stopped.aborted && enough(texts)) return texts;
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
