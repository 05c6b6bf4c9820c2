// Renders openapi.json: operations by tag, the schemas, and a form for each operation
// that sends it with the token of the header, or copies it as a command line. Texts are
// set as text, never as markup.
"use strict";

const byId = id => document.getElementById(id);

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

// prose turns `code` into elements.
function prose(text) {
  const paragraphs = (text || "").split("\n\n").filter(Boolean);
  return paragraphs.map(paragraph => el("p", {}, ...paragraph.split("`").map((part, i) => i % 2 ? el("code", {}, part) : part)));
}

const refName = ref => ref.slice(ref.lastIndexOf("/") + 1);

// typeOf is a schema in a few words, with links to those that have a name.
function typeOf(schema) {
  if (!schema) return ["anything"];
  if (schema.$ref) return [el("a", { href: "#schema-" + refName(schema.$ref) }, refName(schema.$ref))];
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return choices.flatMap((choice, i) => i ? [" or ", ...typeOf(choice)] : typeOf(choice));
  if (schema.enum) return [schema.enum.map(value => JSON.stringify(value)).join(" | ")];
  const types = [].concat(schema.type || "anything");
  if (types.includes("array")) return ["list of ", ...typeOf(schema.items)];
  if (types.includes("object") && schema.additionalProperties && schema.additionalProperties !== true) return ["object of ", ...typeOf(schema.additionalProperties)];
  return [types.join(" or ") + (schema.format ? " (" + schema.format + ")" : "")];
}

function fields(rows) {
  return el("table", {}, ...rows.map(([name, required, schema, doc]) =>
    el("tr", {}, el("td", {}, el("code", {}, name), required ? " *" : ""), el("td", {}, ...typeOf(schema)), el("td", {}, doc || ""))));
}

function schemaTable(schema) {
  const required = schema.required || [];
  return fields(Object.entries(schema.properties || {}).map(([name, property]) => [name, required.includes(name), property, property.description]));
}

// example is a value that fits a schema.
function example(schema, all, depth = 0) {
  if (!schema || depth > 5) return null;
  if (schema.$ref) return example(all[refName(schema.$ref)], all, depth + 1);
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const type = [].concat(schema.type || [])[0];
  if (type === "object") {
    const wanted = Object.entries(schema.properties || {}).filter(([name]) => (schema.required || []).includes(name));
    return Object.fromEntries(wanted.map(([name, property]) => [name, example(property, all, depth + 1)]));
  }
  return { array: [], integer: 0, number: 0, boolean: false, string: "" }[type] ?? null;
}

function bodySchema(operation) {
  return operation.requestBody?.content?.["application/json"]?.schema;
}

// choicesOf are the values of a schema that has only some: those of an enum, or of a
// boolean.
function choicesOf(schema) {
  if (schema?.enum) return schema.enum;
  return [].concat(schema?.type || []).includes("boolean") ? [true, false] : null;
}

// field is the input of one parameter: a choice where there are only some values.
function field(parameter) {
  const schema = parameter.schema || {};
  const isList = [].concat(schema.type || []).includes("array");
  const choices = choicesOf(isList ? schema.items : schema);
  const label = { "aria-label": parameter.name };
  if (choices) {
    const options = choices.map(value => el("option", {}, String(value)));
    return isList ? el("select", { ...label, multiple: "" }, ...options) : el("select", label, el("option", { value: "" }, ""), ...options);
  }
  const input = el("input", { ...label, placeholder: parameter.required ? "required" : String(schema.default ?? "") });
  if ([].concat(schema.type || []).includes("integer")) {
    input.type = "number";
    for (const [attribute, bound] of [["min", schema.minimum], ["max", schema.maximum]]) if (bound !== undefined) input.setAttribute(attribute, bound);
  }
  return input;
}

// valuesOf are what a field holds, none for an empty one.
function valuesOf(input) {
  const values = input.multiple ? [...input.selectedOptions].map(option => option.value) : [input.value];
  return values.filter(value => value !== "");
}

// requestOf is what a form asks for: method, url below this page, and body.
function requestOf(path, method, fields, text) {
  let target = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of fields) {
    const values = valuesOf(input);
    if (parameter.in === "path") target = target.replace("{" + parameter.name + "}", encodeURIComponent(values[0] ?? byId(parameter.name)?.value ?? ""));
    else if (parameter.in === "query" && parameter.explode === false && values.length) query.set(parameter.name, values.join(","));
    else if (parameter.in === "query") values.forEach(value => query.append(parameter.name, value));
  }
  const url = new URL("." + target + (query.size ? "?" + query : ""), location.href);
  return { method: method.toUpperCase(), url, body: text ? text.value : undefined };
}

async function send(request, shown) {
  const headers = {};
  const token = byId("token").value.trim();
  if (token) headers.Authorization = "Bearer " + token;
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  shown.hidden = false;
  shown.textContent = "…";
  try {
    const response = await fetch(request.url, { method: request.method, headers, body: request.body });
    const raw = await response.text();
    let body = raw;
    try { body = JSON.stringify(JSON.parse(raw), null, 2); } catch { /* not JSON: as it is */ }
    shown.textContent = response.status + " " + response.statusText + "\n\n" + body;
  } catch (failure) {
    shown.textContent = String(failure);
  }
}

const quoted = text => "'" + text.replaceAll("'", "'\\''") + "'";

// curl is a request as a command line. The token stays out of it: a command line ends in
// a history.
function curl(request) {
  const parts = ["curl -sS"];
  if (request.method !== "GET") parts.push("-X " + request.method);
  parts.push(quoted(String(request.url)), '-H "Authorization: Bearer $TOKEN"');
  if (request.body !== undefined) parts.push("-H 'Content-Type: application/json'", "-d " + quoted(request.body));
  return parts.join(" \\\n  ");
}

// copy puts a text where the next paste finds it, and shows it.
async function copy(text, shown) {
  shown.hidden = false;
  shown.textContent = text;
  try { await navigator.clipboard.writeText(text); } catch { getSelection().selectAllChildren(shown); }
}

// form sends one operation and shows what comes back.
function form(path, method, operation, schemas) {
  const fields = (operation.parameters || []).map(parameter => ({ parameter, input: field(parameter) }));
  const schema = bodySchema(operation);
  const text = schema ? el("textarea", { "aria-label": "body", spellcheck: "false" }) : null;
  if (text) text.value = JSON.stringify(example(schema, schemas), null, 2);
  const shown = el("pre", { hidden: "", tabindex: "0", "aria-label": "response" });
  const request = () => requestOf(path, method, fields, text);
  const rows = fields.filter(({ parameter }) => !(parameter.in === "path" && byId(parameter.name)))
    .map(({ parameter, input }) => el("tr", {}, el("td", {}, parameter.name), el("td", {}, input)));
  return el("div", {}, el("h3", {}, "Try it"), el("table", {}, ...rows), text,
    el("button", { type: "button", onclick: () => send(request(), shown) }, "Send"),
    el("button", { type: "button", onclick: () => copy(curl(request()), shown) }, "Copy as curl"), shown);
}

function operationView(path, method, operation, schemas) {
  const parameters = (operation.parameters || []).map(p => [p.name, p.required, p.schema, p.description]);
  const schema = bodySchema(operation);
  const responses = Object.entries(operation.responses || {}).map(([status, response]) =>
    el("tr", {}, el("td", {}, el("code", {}, status)), el("td", {}, ...prose(response.description)),
      el("td", {}, ...(response.content ? typeOf(Object.values(response.content)[0].schema) : []))));
  const view = el("details", { id: operation.operationId },
    el("summary", {}, el("span", { class: "method " + method }, method), el("code", {}, path), " ", el("span", { class: "muted" }, operation.summary || "")));
  view.addEventListener("toggle", () => {
    if (!view.open || view.children.length > 1) return;
    view.append(el("div", {}, ...prose(operation.description),
      parameters.length ? el("h3", {}, "Parameters") : null, parameters.length ? fields(parameters) : null,
      schema ? el("h3", {}, "Body") : null, schema ? el("p", {}, ...typeOf(schema)) : null,
      el("h3", {}, "Responses"), el("table", {}, ...responses), form(path, method, operation, schemas)));
  });
  return view;
}

function show(description) {
  const schemas = description.components?.schemas || {};
  const main = byId("main"), nav = byId("nav");
  main.replaceChildren(...prose(description.info.description));
  const byTag = new Map();
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      const operation = item[method];
      if (!operation) continue;
      const tag = (operation.tags || ["other"])[0];
      byTag.set(tag, [...(byTag.get(tag) || []), [path, method, operation]]);
    }
  }
  for (const [tag, operations] of byTag) {
    main.append(el("h2", {}, tag));
    nav.append(el("strong", {}, tag));
    for (const [path, method, operation] of operations) {
      main.append(operationView(path, method, operation, schemas));
      nav.append(el("a", { href: "#" + operation.operationId, title: method.toUpperCase() + " " + path }, operation.summary));
    }
  }
  main.append(el("h2", {}, "Schemas"));
  for (const name of Object.keys(schemas).sort()) {
    main.append(el("details", { id: "schema-" + name }, el("summary", {}, el("code", {}, name)), el("div", {}, schemaTable(schemas[name]))));
  }
  openTarget();
}

// openTarget unfolds what the address points at.
function openTarget() {
  const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

// takeToken takes the token out of an address that ends in #token=..., as the local stack
// prints it: it is sent nowhere, and does not stay in the address.
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  byId("token").value = given;
  history.replaceState(null, "", location.pathname + location.search);
}

// search shows the operations that hold every word, in the menu and on the page.
function search() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  byId("menu").open = byId("menu").open || words.length > 0;
  for (const link of byId("nav").querySelectorAll("a")) {
    const operation = byId(link.hash.slice(1));
    const text = (link.title + " " + link.textContent + " " + operation.id).toLowerCase();
    link.hidden = operation.hidden = !words.every(word => text.includes(word));
  }
  for (const heading of document.querySelectorAll("#nav strong, #main > h2")) {
    const entries = [];
    for (let next = heading.nextElementSibling; next && next.tagName !== heading.tagName; next = next.nextElementSibling) entries.push(next);
    heading.hidden = entries.every(entry => entry.hidden);
  }
}

function keys(event) {
  const box = byId("search");
  if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    event.preventDefault();
    box.focus();
  } else if (event.key === "Enter" && event.target === box) {
    byId("nav").querySelector("a:not([hidden])")?.click();
  }
}

takeToken();
if (matchMedia("(max-width: 50rem)").matches) byId("menu").open = false;
byId("search").addEventListener("input", search);
byId("nav").addEventListener("click", event => {
  if (event.target instanceof HTMLAnchorElement && matchMedia("(max-width: 50rem)").matches) byId("menu").open = false;
});
document.addEventListener("keydown", keys);
window.addEventListener("hashchange", () => { takeToken(); openTarget(); });
fetch("openapi.json").then(response => response.json()).then(show)
  .catch(failure => byId("main").replaceChildren(el("p", {}, "The description cannot be loaded: " + failure)));
