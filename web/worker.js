// Keeps the shell, the contract and public lists for days with a poor network. Never an answer to somebody: a request
// with a key or for a session (it says X-Requested-With), or anything but a GET, passes by untouched.
const PUBLIC = /^\/v1\/(openapi\.json|delegations|regions|departments|statistics\/|published-figures)/;
const PUBLIC_CACHE = "public-1";

async function shellCache() {
  const shell = await (await fetch("shell.json", { cache: "no-cache" })).json();
  return { name: `shell-${shell.version}`, files: shell.files };
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const { name, files } = await shellCache();
      const cache = await caches.open(name);
      await cache.addAll(files.map((file) => new Request(file, { cache: "no-cache" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const { name } = await shellCache().catch(() => ({ name: null }));
      for (const old of await caches.keys())
        if (name && old.startsWith("shell-") && old !== name) await caches.delete(old);
      await self.clients.claim();
    })(),
  );
});

// The network first, within a bounded wait; what was kept when there is none.
async function freshOrKept(request, keep) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(20000) });
    if (answer.ok && keep) {
      const cache = await caches.open(PUBLIC_CACHE);
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (
    request.method !== "GET" ||
    url.origin !== location.origin ||
    request.headers.has("Authorization") ||
    request.headers.has("X-Requested-With")
  )
    return;
  if (url.pathname.startsWith("/v1/") && !PUBLIC.test(url.pathname)) return;
  event.respondWith(freshOrKept(request, url.pathname.startsWith("/v1/")));
});
