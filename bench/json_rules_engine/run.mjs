// One table in json-rules-engine: reads rules and applications as JSON, writes the rows found and, when rounds are
// asked for, the CPU time of one decision in nanoseconds, the median of rounds, all threads of this process together.

import { readFileSync } from 'node:fs'

import { Engine } from 'json-rules-engine'

const { rules, applications, warmSeconds, rounds, roundSeconds } = JSON.parse(readFileSync(0, 'utf8'))

const engine = new Engine(rules)
engine.on('success', () => engine.stop())

async function decide (application) {
  const { events } = await engine.run(application)
  return events[0].params.row
}

function spent (since) {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

// Turns through all applications until so many seconds of CPU are spent: nanoseconds of one decision.
async function round (seconds) {
  const start = process.cpuUsage()
  let done = 0
  do {
    for (const application of applications) await decide(application)
    done += applications.length
  } while (spent(start) < seconds)
  return spent(start) * 1e9 / done
}

async function measured () {
  await round(warmSeconds)
  const found = []
  for (let i = 0; i < rounds; i++) {
    globalThis.gc?.()
    found.push(await round(roundSeconds))
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)]
}

const rows = []
for (const application of applications) rows.push(await decide(application))
process.stdout.write(JSON.stringify({ rows, cpu: rounds ? await measured() : null, node: process.version }))
