/**
 * `make charts-test`: lints the charts, runs their unit tests, and checks what they render: Kubernetes' schemas, kube-score,
 * Pod Security, network edges, and that wrong values are refused. Ends in one line of figures.
 */
import { ChartError } from '../errors.ts'
import { STEPS, withWorld } from './steps.ts'

const say = (line: string) => console.error(line)

const failures = await withWorld(say, async (world) => {
  const figures: string[] = []
  const failed: string[] = []
  for (const [name, check] of STEPS) {
    try {
      figures.push(`${name}: ${await check(world)}`)
      say(`ok  ${figures.at(-1) ?? ''}`)
    } catch (error) {
      if (!(error instanceof ChartError)) throw error
      failed.push(name)
      say(`not ok  ${name}: ${error.message}`)
    }
  }
  if (failed.length === 0) console.log(`charts: ${figures.join(' · ')}`)
  return failed
})
if (failures.length > 0) {
  console.log(`charts: ${failures.length} of ${STEPS.length} checks failed: ${failures.join(', ')}`)
  process.exitCode = 1
}
