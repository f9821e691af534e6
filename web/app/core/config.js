// config.json: which instance this client speaks to. No secret belongs there; every value has a default.
const config = { apiBase: "", title: "maillage", support: "", timeZone: "Europe/Paris", demonstration: false };

export async function readConfig() {
  try {
    const answer = await fetch("config.json", { cache: "no-cache", signal: AbortSignal.timeout(5000) });
    if (answer.ok) Object.assign(config, await answer.json());
  } catch {
    /* without the file: same origin, default texts */
  }
  return config;
}

export default config;
