import { execFile } from 'node:child_process'

import { stringify } from 'yaml'

import type { Mutation } from '../mutations.ts'

const AT_ONCE = 2

/** The mutations that Helm does not refuse because of the schema. */
export async function refusedByHelm(
  helm: string,
  chart: string,
  mutations: readonly Mutation[],
): Promise<Mutation[]> {
  const waiting = [...mutations]
  const accepted: Mutation[] = []
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await refuses(helm, chart, next))) accepted.push(next)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return accepted
}

async function refuses(helm: string, chart: string, { values }: Mutation): Promise<boolean> {
  return new Promise((resolve) => {
    const child = execFile(
      helm,
      ['template', 'wrong', chart, '--values', '-'],
      { maxBuffer: 32 * 1024 ** 2 },
      (error, _stdout, stderr) => {
        resolve(error !== null && stderr.includes("values don't meet the specifications of the schema"))
      },
    )
    child.stdin?.end(stringify(values))
  })
}
