// A thin DMN runner over feelin: graph, boxed expressions and hit policies here, every FEEL text by feelin.
//
// Reads {"model": XML, "ask": [FEEL, …], "cases": [{input: value}, …]} from stdin; writes for each case a list with
// {"value": …} or {"error": text} for each thing asked. Dates cross as ISO texts.
import { DOMParser } from "@xmldom/xmldom";
import { evaluate, unaryTest } from "feelin";
import { stdin, stdout } from "node:process";

const children = (element, ...names) =>
  Array.from(element.childNodes).filter((node) => node.nodeType === 1 && names.includes(node.localName));
const child = (element, ...names) => children(element, ...names)[0];
const text = (element) => child(element, "text")?.textContent ?? "";
const attribute = (element, name) => element?.getAttribute(name) ?? "";

class Unsupported extends Error {}

// feelin looks at every name that it is given, so it is given those that the text may read.
const named = (source, scope) => Object.fromEntries(Object.entries(scope).filter(([name]) => source.includes(name)));

function feel(source, scope) {
  const { value, warnings } = evaluate(source, named(source, scope));
  const unknown = warnings.filter((one) => one.type === "FUNCTION_NOT_FOUND" || one.type === "NOT_IMPLEMENTED");
  if (unknown.length) throw new Unsupported(unknown[0].message);
  return value;
}

const EXPRESSIONS = ["literalExpression", "decisionTable", "context", "relation", "functionDefinition", "list"];
const expressionIn = (element) => child(element, ...EXPRESSIONS);

function boxed(element, scope) {
  switch (element?.localName) {
    case "literalExpression":
      return feel(text(element), scope);
    case "decisionTable":
      return table(element, scope);
    case "context":
      return context(element, scope);
    case "relation":
      return relation(element, scope);
    case "functionDefinition":
      return functionOf(element, scope);
    default:
      throw new Unsupported(`no expression of the kind ${element?.localName}`);
  }
}

function context(element, scope) {
  const made = {};
  let inner = scope;
  for (const entry of children(element, "contextEntry")) {
    const name = attribute(child(entry, "variable"), "name");
    const value = boxed(expressionIn(entry), inner);
    if (!name) return value;
    made[name] = value;
    inner = { ...inner, [name]: value };
  }
  return made;
}

function relation(element, scope) {
  const columns = children(element, "column").map((column) => attribute(column, "name"));
  return children(element, "row").map((row) => {
    const cells = children(row, ...EXPRESSIONS).map((cell) => boxed(cell, scope));
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
  });
}

function functionOf(element, scope) {
  const parameters = children(element, "formalParameter").map((one) => attribute(one, "name"));
  const body = expressionIn(element);
  const known = new Map();
  return (...values) => {
    const key = JSON.stringify(values);
    if (!known.has(key)) {
      const given = Object.fromEntries(parameters.map((name, index) => [name, values[index] ?? null]));
      known.set(key, boxed(body, { ...scope, ...given }));
    }
    return known.get(key);
  };
}

function table(element, scope) {
  const inputs = children(element, "input").map((one) => feel(text(child(one, "inputExpression")), scope));
  const outputs = children(element, "output");
  const rules = children(element, "rule").filter((rule) =>
    children(rule, "inputEntry").every((cell, index) => holds(text(cell), inputs[index], scope)),
  );
  const rows = rules.map((rule) => joined(outputs, children(rule, "outputEntry").map((cell) => feel(text(cell), scope))));
  const policy = attribute(element, "hitPolicy") || "UNIQUE";
  const aggregation = attribute(element, "aggregation");
  return rows.length ? combined(policy, aggregation, rows, outputs) : standing(outputs, scope, policy, aggregation);
}

function holds(cell, value, scope) {
  return cell.trim() === "-" || unaryTest(cell, { ...named(cell, scope), "?": value ?? null }).value === true;
}

function joined(outputs, values) {
  if (outputs.length === 1) return values[0];
  return Object.fromEntries(outputs.map((output, index) => [attribute(output, "name"), values[index]]));
}

const LISTING = ["RULE ORDER", "OUTPUT ORDER", "COLLECT"];

function standing(outputs, scope, policy, aggregation) {
  const given = outputs.map((output) => child(output, "defaultOutputEntry"));
  if (!given.some(Boolean)) return null;
  const value = joined(outputs, given.map((one) => (one ? feel(text(one), scope) : null)));
  return LISTING.includes(policy) && !aggregation ? [value] : value;
}

function combined(policy, aggregation, rows, outputs) {
  switch (policy) {
    case "UNIQUE":
      return rows.length === 1 ? rows[0] : null;
    case "ANY":
      return rows.every((row) => JSON.stringify(row) === JSON.stringify(rows[0])) ? rows[0] : null;
    case "FIRST":
      return rows[0];
    case "RULE ORDER":
      return rows;
    case "COLLECT":
      return aggregation ? feel(`${{ SUM: "sum", MIN: "min", MAX: "max", COUNT: "count" }[aggregation]}(rows)`, { rows }) : rows;
    case "PRIORITY":
    case "OUTPUT ORDER": {
      const sorted = byPriority(rows, outputs);
      return policy === "PRIORITY" ? sorted[0] : sorted;
    }
    default:
      throw new Unsupported(`hit policy ${policy}`);
  }
}

function byPriority(rows, outputs) {
  const orders = outputs.map((output) => {
    const values = child(output, "outputValues");
    return values ? feel(`[${text(values)}]`, {}) : [];
  });
  const rank = (row) =>
    orders.map((order, index) => {
      const at = order.indexOf(outputs.length === 1 ? row : row[attribute(outputs[index], "name")]);
      return at < 0 ? order.length : at;
    });
  const before = (left, right) => left.map((one, index) => one - right[index]).find((order) => order !== 0) ?? 0;
  return rows.map((row) => [rank(row), row]).sort((left, right) => before(left[0], right[0])).map((pair) => pair[1]);
}

const REQUIREMENTS = ["informationRequirement", "knowledgeRequirement"];

class Model {
  constructor(xml) {
    const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
    this.nodes = children(root, "inputData", "decision", "businessKnowledgeModel");
    this.byId = new Map(this.nodes.map((node) => [attribute(node, "id"), node]));
    // What requires nothing, such as a reference table, is the same in all cases.
    this.fixed = new Map();
  }

  // The value of each node by its name, an Error where it has none.
  run(inputs) {
    const values = new Map();
    for (const node of this.nodes) this.value(node, inputs, values);
    return Object.fromEntries(this.nodes.map((node) => [attribute(node, "name"), values.get(node)]));
  }

  value(node, inputs, values) {
    const alone = node.localName !== "inputData" && !children(node, ...REQUIREMENTS).length;
    const kept = alone ? this.fixed : values;
    if (!kept.has(node)) {
      try {
        kept.set(node, this.made(node, inputs, values));
      } catch (error) {
        kept.set(node, error);
      }
    }
    values.set(node, kept.get(node));
    return values.get(node);
  }

  made(node, inputs, values) {
    const name = attribute(node, "name");
    if (node.localName === "inputData") {
      const value = inputs[name] ?? null;
      const type = attribute(child(node, "variable"), "typeRef");
      return type === "date" && value !== null ? feel("date(given)", { given: value }) : value;
    }
    const scope = {};
    for (const requirement of children(node, ...REQUIREMENTS)) {
      const href = attribute(child(requirement, "requiredInput", "requiredDecision", "requiredKnowledge"), "href");
      const required = this.byId.get(href.slice(1));
      const value = this.value(required, inputs, values);
      if (value instanceof Error) throw new Unsupported(`needs ${attribute(required, "name")}: ${value.message}`);
      scope[attribute(required, "name")] = value;
    }
    if (node.localName === "businessKnowledgeModel") return functionOf(child(node, "encapsulatedLogic"), scope);
    return boxed(expressionIn(node), scope);
  }
}

function plain(value) {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "function") return "function";
  if (typeof value !== "object") return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function answer(asked, values) {
  const failed = [...asked.matchAll(/[\w ]+/g)].map((found) => values[found[0].trim()]).find((one) => one instanceof Error);
  if (failed) return { error: failed.message };
  try {
    return { value: plain(feel(asked, values)) };
  } catch (error) {
    return { error: error.message };
  }
}

let given = "";
for await (const chunk of stdin) given += chunk;
const { model, ask, cases } = JSON.parse(given);
const ready = new Model(model);
const answers = cases.map((inputs) => {
  const values = ready.run(inputs);
  return ask.map((asked) => answer(asked, values));
});
stdout.write(JSON.stringify(answers));
