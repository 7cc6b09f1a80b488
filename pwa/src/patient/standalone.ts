// Whether the page was opened from the home screen, without the browser around it.

/**
 * Reports whether the page stands on iOS's home screen: an older flag tells there. A link cannot save there;
 * sharing can (docs/facts/web-platform.md#sharing-files).
 */
export const standsAloneOnIOS = (): boolean => "standalone" in navigator && navigator.standalone === true;

/** Reports whether the page was opened from a home screen. */
export const standsAlone = (): boolean =>
  matchMedia("(display-mode: standalone)").matches || standsAloneOnIOS();
