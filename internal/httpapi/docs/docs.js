// Renders openapi.json: operations by tag, the schemas, and a form for each operation
// that sends it with the token of the header. Texts are set as text, never as markup.
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

// form sends one operation and shows what comes back.
function form(path, method, operation, schemas) {
  const inputs = (operation.parameters || []).map(parameter => ({
    parameter,
    input: el("input", { size: "40", "aria-label": parameter.name, placeholder: parameter.required ? "required" : "" }),
  }));
  const schema = bodySchema(operation);
  const text = schema ? el("textarea", { "aria-label": "body", spellcheck: "false" }) : null;
  if (text) text.value = JSON.stringify(example(schema, schemas), null, 2);
  const answer = el("pre", { hidden: "" });

  async function send() {
    let target = path;
    const query = new URLSearchParams();
    for (const { parameter, input } of inputs) {
      const value = input.value || (parameter.in === "path" && byId(parameter.name)?.value) || "";
      if (parameter.in === "path") target = target.replace("{" + parameter.name + "}", encodeURIComponent(value));
      if (parameter.in === "query" && value !== "") query.set(parameter.name, value);
    }
    const headers = { Authorization: "Bearer " + byId("token").value.trim() };
    if (text) headers["Content-Type"] = "application/json";
    const search = query.size ? "?" + query : "";
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch("." + target + search, { method: method.toUpperCase(), headers, body: text ? text.value : undefined });
      const raw = await response.text();
      let shown = raw;
      try { shown = JSON.stringify(JSON.parse(raw), null, 2); } catch { /* not JSON: as it is */ }
      answer.textContent = response.status + " " + response.statusText + "\n\n" + shown;
    } catch (failure) {
      answer.textContent = String(failure);
    }
  }

  const rows = inputs.filter(({ parameter }) => !(parameter.in === "path" && byId(parameter.name)))
    .map(({ parameter, input }) => el("tr", {}, el("td", {}, parameter.name), el("td", {}, input)));
  return el("div", {}, el("h3", {}, "Try it"), el("table", {}, ...rows), text, el("button", { type: "button", onclick: send }, "Send"), answer);
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
      el("h3", {}, "Answers"), el("table", {}, ...responses), form(path, method, operation, schemas)));
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
      nav.append(el("a", { href: "#" + operation.operationId }, operation.summary));
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

window.addEventListener("hashchange", openTarget);
fetch("openapi.json").then(response => response.json()).then(show)
  .catch(failure => byId("main").replaceChildren(el("p", {}, "The description cannot be loaded: " + failure)));
