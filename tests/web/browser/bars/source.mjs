// What machines can see without looking at a screen: markup of pages and rendered screens, form and types of the source, packages.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { equal, holds, URL_ } from "../visitor.mjs";

const HERE = join(dirname(fileURLToPath(import.meta.url)), "../..");
const WEB = join(HERE, "../../web");
const RULES = {
  extends: ["html-validate:recommended"],
  rules: {
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "no-inline-style": "error",
    "long-title": "off",
    "prefer-native-element": "off",
    "attribute-boolean-style": "off",
    "no-implicit-button-type": "off",
    "attribute-empty-style": "off",
    "no-raw-characters": "off",
    "tel-non-breaking": "off",
    "doctype-style": "off",
    "unique-landmark": "off",
  },
};

export async function w24_markup(visit) {
  const { HtmlValidate } = await import("html-validate");
  const validator = new HtmlValidate(RULES),
    told = [];
  const check = async (what, text) => {
    const { results } = await validator.validateString(text);
    results
      .flatMap((result) => result.messages)
      .forEach((one) => told.push(`${what}: ${one.ruleId} ${one.message} (${one.selector})`));
  };
  for (const path of ["/", "/accessibilite.html", "/mentions.html"])
    await check(path, await (await fetch(URL_ + path)).text());
  const visitor = await visit({ as: "NATIONAL" });
  for (const hash of [
    "#/",
    "#/structures",
    "#/structures/nouveau",
    "#/chiffres",
    "#/carte",
    "#/import",
    "#/donnees",
    "#/aide",
  ]) {
    await visitor.go(hash);
    await check(
      hash,
      await visitor.page.evaluate(
        () => `<!doctype html>${document.documentElement.outerHTML.replace(/<!--[^]*?-->/g, "")}`,
      ),
    );
  }
  holds(!told.length, [...new Set(told)].slice(0, 30).join("\n"));
}

export async function w24_source_form() {
  const places = [
    join(WEB, "app"),
    join(WEB, "map"),
    join(WEB, "accessibility/statement.mjs"),
    join(WEB, "style"),
    join(WEB, "build.mjs"),
    join(WEB, "types.d.ts"),
    join(WEB, "worker.js"),
    join(HERE, "browser"),
  ];
  try {
    execFileSync(
      join(HERE, "node_modules/.bin/prettier"),
      ["--config", join(WEB, ".prettierrc.json"), "--check", ...places],
      { encoding: "utf8", stdio: "pipe" },
    );
  } catch (error) {
    throw new Error(`not as the formatter writes it:\n${error.stderr}`);
  }
}

function compile(project) {
  try {
    execFileSync(join(HERE, "node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8", stdio: "pipe" });
    return [];
  } catch (error) {
    return error.stdout.trim().split("\n");
  }
}

/** Every module of the client is true to its types, strictly: those of the library, of the page, and of types.d.ts. */
export async function w24_types() {
  const { compilerOptions: rules, include } = JSON.parse(readFileSync(join(WEB, "tsconfig.json"), "utf8"));
  equal([rules.strict, rules.checkJs, include.at(-1)], [true, true, "app/**/*.js"], "what is asked of the types");
  const told = compile(WEB);
  holds(!told.length, told.slice(0, 40).join("\n"));
  // The check bites: a misspelt property and a parameter of no type are refused.
  const folder = mkdtempSync(join(tmpdir(), "types-"));
  try {
    writeFileSync(
      join(folder, "slip.js"),
      `import contract from ${JSON.stringify(join(WEB, "app/core/contract.js"))};\nexport const slip = (id) => contract.operaton(id);\n`,
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(WEB, "tsconfig.json"), include: [join(WEB, "types.d.ts"), "slip.js"] }),
    );
    const refused = compile(folder).join("\n");
    for (const code of ["TS7006", "TS2551"]) holds(refused.includes(code), `${code} is not told: ${refused}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
w24_types.seconds = 120;

export async function w25_packages() {
  const { packages } = JSON.parse(readFileSync(join(WEB, "package-lock.json"), "utf8"));
  const served = Object.entries(packages).filter(([path, one]) => path && !one.dev && !path.includes("@types/"));
  equal(
    served.map(([path]) => path),
    ["node_modules/lit-html"],
    "packages at run time",
  );
  for (const [path, one] of Object.entries(packages))
    holds(!path || (one.integrity && !one.resolved), `${path} is pinned by its content, without an address`);
  holds(readFileSync(join(WEB, ".npmrc"), "utf8").includes("ignore-scripts=true"), "nothing runs at installation");
  equal((await fetch(`${URL_}/vendor/lit-html/LICENSE`)).status, 200, "the licence is served");
}

// Operations that no screen needs: programs call them, or a link leads to them.
const FOR_PROGRAMS = {
  getCalendar: "followed by programs of calendars",
  getContractYaml: "a link of the data screen",
  listProblems: "a link of the help",
  correctAttendance: "a proved correction, by the tool that scans the sheets",
  listPassRules: "cited one by one beside each result",
};

export async function w19_every_operation_is_on_a_screen(visit) {
  const visitor = await visit({ as: "NATIONAL" });
  const left = await visitor.page.evaluate(async () => {
    const { default: contract } = await import("/app/core/contract.js");
    const { files } = await (await fetch("/shell.json")).json();
    const scripts = files.filter((file) => file.startsWith("app/"));
    const text = (await Promise.all(scripts.map(async (file) => (await fetch(`/${file}`)).text()))).join("\n");
    const shown = new Set();
    const show = (...operations) => operations.forEach((one) => one && shown.add(one.operationId));
    for (const { path } of contract.operations) {
      const { list, create, read, update, remove, parts, single, actions } = contract.collection(
        path.replace(/\/\{[^}]+\}$/, ""),
      );
      if (!list && !read) continue;
      show(
        list,
        create,
        read,
        update,
        remove,
        ...parts,
        ...actions,
        ...parts.map((one) => contract.at(one.path, "POST")),
      );
      for (const one of single) show(one, contract.at(one.path, "PUT"), contract.at(one.path, "PATCH"));
    }
    // Imports and files to download are found by their form, as the data screen does it.
    const isFile = ({ method, path, responses }) =>
      method === "GET" && !path.includes("{") && "text/csv" in (contract.resolve(responses["200"])?.content ?? {});
    return contract.operations
      .filter((one) => !shown.has(one.operationId) && !one.path.endsWith("/imports") && !isFile(one))
      .map((one) => one.operationId)
      .filter((id) => !new RegExp(`["']${id}["']`).test(text));
  });
  equal(left.filter((id) => !FOR_PROGRAMS[id]).sort(), [], "operations without a screen");
}
