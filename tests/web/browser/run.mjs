// run.mjs --list | run.mjs FILE [NAME …]: the bars of a file in Debian's chromium against the running system.
// Prints one JSON object {name: null | "what failed"}. Address and keys come from the environment, as for pytest.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BARS = join(dirname(fileURLToPath(import.meta.url)), "bars");
const SECONDS = 60;

// Exported one by one, or made from a table and exported as a whole.
async function bars(file) {
  const { default: made = {}, ...named } = await import(join(BARS, file));
  return Object.entries({ ...named, ...made }).filter(([name]) => name.startsWith("w"));
}

async function list() {
  const names = [];
  for (const file of readdirSync(BARS).sort()) for (const [name] of await bars(file)) names.push(`${file}::${name}`);
  console.log(JSON.stringify(names));
}

function within(seconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function run(file, names) {
  const { Visitor, close } = await import("./visitor.mjs");
  const results = {};
  for (const [name, bar] of await bars(file)) {
    if (names.length && !names.includes(name)) continue;
    const opened = [];
    const visit = async (options) => {
      const visitor = await Visitor.open(options);
      opened.push(visitor);
      return visitor;
    };
    try {
      await within(bar.seconds ?? SECONDS, bar(visit));
      for (const visitor of opened) visitor.clean();
      results[name] = null;
    } catch (error) {
      results[name] = `${error.message}\n${(error.stack ?? "")
        .split("\n")
        .filter((line) => line.includes("/bars/"))
        .slice(0, 3)
        .join("\n")}`;
    }
    await Promise.all(opened.map((visitor) => visitor.leave()));
  }
  await close();
  // A file with a browser of its own ends it itself.
  await (await import(join(BARS, file))).close?.();
  console.log(JSON.stringify(results));
}

// A wait that a failed bar left behind is that bar's, and no reason to say nothing about the others.
process.on("unhandledRejection", (error) => console.error(`left behind: ${error.message}`));

const [first, ...others] = process.argv.slice(2);
await (first === "--list" ? list() : run(first, others));
// What was said is all; a connection that a browser left open keeps nobody.
process.stdout.write("", () => process.exit());
