// One table in json-rules-engine, over lines of JSON. First {rules, applications, warmSeconds}: the answer is the row
// of each application. Then a number of calls, as often as asked: the answer is the CPU time of one of them in
// nanoseconds, of all threads of this process.

import { createInterface } from 'node:readline'

import { Engine } from 'json-rules-engine'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { rules, applications, warmSeconds } = JSON.parse((await lines.next()).value)

const engine = new Engine(rules)
engine.on('success', () => engine.stop())
let turn = 0

async function decide (application) {
  const { events } = await engine.run(application)
  return events[0].params.row
}

function nanoseconds (since) {
  const { user, system } = process.cpuUsage(since)
  return (user + system) * 1e3
}

// Goes through the applications in turn, on from where the block before ended.
async function block (calls) {
  const start = process.cpuUsage()
  for (let i = 0; i < calls; i++) await decide(applications[turn++ % applications.length])
  return nanoseconds(start) / calls
}

function answer (value) {
  process.stdout.write(JSON.stringify(value) + '\n')
}

const rows = []
for (const application of applications) rows.push(await decide(application))
const start = process.cpuUsage()
while (nanoseconds(start) < warmSeconds * 1e9) await block(applications.length)
answer(rows)
for await (const line of lines) {
  globalThis.gc?.()
  answer(await block(Number(line)))
}
