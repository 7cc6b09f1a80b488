// Keeps the screen's shell on this phone (sw.ts). The page may make one script's address only: the policy sw.
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

const address = "/sw.js";
let asked = false;

/** Registers the worker, once a page. */
export async function keepShell(): Promise<void> {
  if (asked || !("serviceWorker" in navigator)) return;
  asked = true;
  const { trustedTypes } = window as { trustedTypes?: Policies };
  const policy = trustedTypes?.createPolicy("sw", {
    createScriptURL: (wanted) => {
      if (wanted !== address) throw new TypeError(wanted);
      return wanted;
    },
  });
  try {
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address, {
      updateViaCache: "none",
    });
    await navigator.storage?.persist?.();
  } catch {
    // a browser that keeps nothing: the screen works while there is network
  }
}
