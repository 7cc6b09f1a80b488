// Has a service worker keep a page. The page may make one script's address only: the policy sw.
interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): string };
}

let asked = false;

/** Registers the worker at an address for a scope, once a page. */
export async function keepPage(address: string, scope: string): Promise<void> {
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
    const script = policy ? policy.createScriptURL(address) : address;
    await navigator.serviceWorker.register(script, { scope, updateViaCache: "none" });
    await navigator.storage?.persist?.();
  } catch {
    // a browser that keeps nothing: the page works while there is network
  }
}
