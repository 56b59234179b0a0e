// SPDX-License-Identifier: Apache-2.0
// What mail programs do not take of an HTML part, by the data of caniemail.com: JSON, one object for each finding.
// Usage: node mail_lint.mjs FILE CLIENT...
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const [file, ...clients] = process.argv.slice(2);
const { issues } = caniemail({ clients, html: readFileSync(file, "utf8") });
const found = [];
for (const kind of ["errors", "warnings"]) {
  for (const [client, list] of issues[kind]) {
    for (const { title, notes } of list) {
      found.push({ kind: kind.slice(0, -1), client, title, notes: notes ?? [] });
    }
  }
}
console.log(JSON.stringify(found));
