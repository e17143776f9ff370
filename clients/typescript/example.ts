// Adds a role and provisions with it: node example.js <id of the person> <id of the target>
import createClient from "openapi-fetch";
import type { components, paths } from "./cohort.js";

type Role = components["schemas"]["CoPersonRoleSent"];

const [person, target] = process.argv.slice(2).map(Number);
const { COHORT_CLIENT_URL: baseUrl, COHORT_CLIENT_USER: user, COHORT_CLIENT_KEY: key } = process.env;
const Authorization = `Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`;
const cohort = createClient<paths>({ baseUrl, headers: { Authorization } });

/** What was answered; what the server says of an error is thrown. */
function done<T>({ data, error }: { data?: T; error?: components["schemas"]["ErrorResponse"] }): T {
  if (error) throw new Error(error.Error ?? JSON.stringify(error.InvalidFields));
  return data as T;
}

const role: Role = { Version: "1.0", Person: { Type: "CO", Id: person }, Affiliation: "staff", Status: "Active" };
const added = done(await cohort.POST("/co_person_roles.json", { body: { CoPersonRoles: [role] } }));
const subject = `copersonid:${person}`;
const provision = "/co_provisioning_targets/provision/{id}/{subject}.json";
const accepted = done(await cohort.POST(provision, { params: { path: { id: target, subject } } }));

let status: components["schemas"]["CoProvisioningRequest"]["Status"];
do {
  await new Promise((wake) => setTimeout(wake, 200));
  const path = { id: Number(accepted?.Id) };
  const shown = done(await cohort.GET("/co_provisioning_requests/{id}.json", { params: { path } }));
  status = shown.CoProvisioningRequests[0]?.Status;
} while (status === "Queued" || status === "Running" || status === "Retrying");
console.log(`role ${added.Id}, provisioning ${status}`);
