// Writes the types of the API as it is in JSON: node generate.mjs <openapi.json> <cohort.d.ts>
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const [from, to] = process.argv.slice(2);
const text = readFileSync(from, "utf8").replaceAll(".{format}", ".json");
const left = new Set(["application/xml", "example"]);
const document = JSON.parse(text, (name, value) => (left.has(name) ? undefined : value));
const { schemas, parameters, responses } = document.components;
for (const name of Object.keys(schemas).filter((name) => name.endsWith("Xml"))) delete schemas[name];
delete parameters.format;
for (const path of Object.values(document.paths)) {
  path.parameters = path.parameters?.filter(({ $ref }) => $ref !== "#/components/parameters/format");
  for (const operation of Object.values(path).filter((member) => member?.responses)) {
    // All errors are of one type: once is enough.
    const done = Object.entries(operation.responses).filter(([status]) => status < "4");
    operation.responses = { ...Object.fromEntries(done), default: { $ref: "#/components/responses/Error" } };
  }
}
const { description, ...error } = responses["400"];
document.components.responses = { Error: { description: "Says what is wrong.", ...error } };
const head = "// Cohort's REST API in JSON. Written by `cargo xtask generate`: do not edit.\n\n";
writeFileSync(to, head + astToString(await openapiTS(document)));
