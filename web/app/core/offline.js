// Registers the worker of the offline shell. The address is fixed here, so the policy can let exactly it through.
export function keepShell() {
  if (!("serviceWorker" in navigator) || !/^https:$|^http:$/.test(location.protocol)) return;
  const target = new URL("worker.js", document.baseURI).href;
  const policy = globalThis.trustedTypes?.createPolicy("app", {
    createScriptURL: (/** @type {string} */ text) => {
      if (text !== target) throw new TypeError("not the worker of this client");
      return text;
    },
  });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(target) : target).catch(() => {
    /* works without */
  });
}
